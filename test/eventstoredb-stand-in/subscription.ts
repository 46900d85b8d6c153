import { ReadResp, type ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { eventAnswer } from './event-answer';
import { firstAt, type LogRecord } from './log';
import type { Node } from './node';
import { send, type ReadCall } from './read-call';

const DEFAULT_WINDOW = 32;

/**
 * Everything after a position, exclusively, and then what comes. After every `interval × window` events that were
 * looked at, wanted or not, a checkpoint says how far that is; it never runs ahead of an event that is still to be
 * delivered.
 */
export async function subscribe(node: Node, call: ReadCall, options: ReadReq.Options): Promise<void> {
  const { records } = node.log;
  const wanted = filterOf(options);
  const everyEvents = checkpointEvery(options);
  const from = options.getAll()?.getPosition();
  node.subscribedFrom.push(from === undefined ? null : BigInt(from.getCommitPosition()));
  let next = from === undefined ? startOf(options, records) : firstAt(records, BigInt(from.getCommitPosition()) + 1n);
  let [sinceCheckpoint, isLive] = [0, false];
  const confirmation = new ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID());
  if (!(await send(call, new ReadResp().setConfirmation(confirmation)))) return;
  const over = node.follow(call);
  for (;;) {
    for (let record = records[next]; record !== undefined; record = records[next]) {
      next += 1;
      sinceCheckpoint += 1;
      if (wanted(record)) {
        node.calls.eventsSentToSubscribers += 1;
        if (!(await send(call, eventAnswer(record)))) return;
      }
      if (everyEvents !== null && sinceCheckpoint >= everyEvents) {
        sinceCheckpoint = 0;
        if (!(await send(call, checkpointAt(record)))) return;
        node.calls.checkpointsSent += 1;
      }
    }
    if (!isLive) {
      isLive = true;
      if (node.faults.announcesCaughtUp) await send(call, new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
    }
    if ((await Promise.race([over, written(node, () => next)])) === 'over') return;
  }
}

function startOf(options: ReadReq.Options, records: readonly LogRecord[]): number {
  return options.getAll()?.hasEnd() === true ? records.length : 0;
}

/** Resolves when there is something at or after an index. */
function written(node: Node, next: () => number): Promise<'written'> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (node.log.records.length <= next()) return;
      stop();
      resolve('written');
    };
    const stop = node.log.listen(look);
    look();
  });
}

function filterOf(options: ReadReq.Options): (record: LogRecord) => boolean {
  const filter = options.getFilter();
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (filter === undefined || expression === undefined) return () => true;
  const subject = filter.hasStreamIdentifier()
    ? (record: LogRecord) => record.streamId
    : (record: LogRecord) => record.type;
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (record) => prefixes.some((prefix) => subject(record).startsWith(prefix));
  const pattern = new RegExp(expression.getRegex(), 'u');
  return (record) => pattern.test(subject(record));
}

function checkpointEvery(options: ReadReq.Options): number | null {
  const filter = options.getFilter();
  if (filter === undefined) return null;
  return (filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW) * filter.getCheckpointintervalmultiplier();
}

function checkpointAt({ position }: LogRecord): ReadResp {
  const checkpoint = new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position));
  return new ReadResp().setCheckpoint(checkpoint);
}
