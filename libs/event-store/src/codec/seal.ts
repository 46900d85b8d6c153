import type { AccountEvent, AccountId, RecordedEvent } from '@duestream/domain';
import { Utf8Writer, writeCanonicalJson } from '@duestream/contracts';
import type { EventToAppend } from '../port';
import { accountStreamId } from '../stream-id';
import { eventIdOf } from './event-id';
import { linkStart, withHash } from './hash-chain';
import { metadataWriter, type CommandMetadata } from './metadata';

/** What one command writes, and where in its account's stream it goes. */
export interface CommandToSeal extends CommandMetadata {
  readonly accountId: AccountId;
  readonly firstRevision: number;
  /** Hash of the event before `firstRevision`; null at the stream's start. */
  readonly previousHash: string | null;
  /** At least one. */
  readonly events: readonly AccountEvent[];
}

export interface SealedCommand {
  readonly toAppend: readonly EventToAppend[];
  /** The same events as the stream will give them back. */
  readonly recorded: readonly RecordedEvent[];
  readonly lastHash: string;
}

/** The link that is hashed, as it is written. Nothing waits while it is in use. */
const writer = new Utf8Writer();

/** Puts the events of one command in the form that is stored: identified, dated, attributed, chained. */
export function sealCommand(command: CommandToSeal): SealedCommand {
  const { accountId, commandId, firstRevision, previousHash, recordedAt, businessDate, events } = command;
  if ((firstRevision === 0) !== (previousHash === null)) throw new RangeError('only a first event has none before it');
  const streamId = accountStreamId(accountId);
  const writeMetadata = metadataWriter(command);
  const toAppend: EventToAppend[] = [];
  const recorded: RecordedEvent[] = [];
  let lastHash = previousHash;
  for (const [index, event] of events.entries()) {
    const { type, effectiveAt, cause } = event;
    const revision = firstRevision + index;
    const id = eventIdOf(streamId, commandId, index);
    writer.clear();
    writer.text(linkStart(lastHash, { streamId, revision, id, type }));
    const metadataStart = writer.length;
    writer.text(writeMetadata(effectiveAt, cause));
    const metadata = writer.textBetween(metadataStart, writer.length);
    writer.text('\n');
    const dataStart = writer.length;
    writeCanonicalJson(event.data, writer);
    lastHash = writer.sha256Hex();
    const data = writer.textBetween(dataStart, writer.length);
    toAppend.push({ id, type, data, metadata: withHash(metadata, lastHash) });
    recorded.push({ revision, recordedAt, businessDate, ...event });
  }
  if (lastHash === null) throw new RangeError('a command without events has nothing to seal');
  return { toAppend, recorded, lastHash };
}
