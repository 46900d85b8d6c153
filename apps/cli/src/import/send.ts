import { MAX_BATCH_MESSAGES } from '@duestream/contracts';
import type { SentBatch, ServerClient } from '../server/client';
import { OutOfPatience, patiently } from '../server/patience';
import { CliError } from '../terminal/cli-error';
import { Awaited } from './catch-up';
import type { ImportSource, MessageItem } from './items';
import type { ImportTally } from './tally';

const MAX_BATCH_CHARACTERS = 2 * 1024 * 1024;

export interface SendOptions {
  /** Records what would have been decided, each on the date of its document. */
  readonly observe: boolean;
  onProgress(done: number, lines: number): void;
  onNotice(text: string): void;
}

/**
 * Sends a source's messages in its order, a batch at a time: the next one goes out when the last is answered, so that
 * messages about one account, and accounts that name one another, never overtake.
 */
export async function sendAll(
  source: ImportSource,
  server: ServerClient,
  tally: ImportTally,
  options: SendOptions,
): Promise<Awaited> {
  const awaited = new Awaited();
  let batch: MessageItem[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const sent = await sendPatiently(batch, server, options);
    const items = checkedAnswers(batch, sent);
    for (const [index, item] of batch.entries()) {
      const answer = items[index];
      if (answer !== undefined) tally.settle(item, answer);
    }
    awaited.add(sent);
    batch = [];
    characters = 0;
  };
  for await (const { items, done } of source.items) {
    for (const item of items) {
      if ('reason' in item) {
        tally.refuse(item);
        continue;
      }
      if (batch.length === MAX_BATCH_MESSAGES || characters + item.text.length > MAX_BATCH_CHARACTERS) await flush();
      batch.push(item);
      characters += item.text.length;
    }
    options.onProgress(done, tally.lines);
  }
  await flush();
  options.onProgress(source.total, tally.lines);
  return awaited;
}

/** Repeating a batch is safe: what was written the first time answers `duplicate`. */
async function sendPatiently(
  batch: readonly MessageItem[],
  server: ServerClient,
  options: SendOptions,
): Promise<SentBatch> {
  const lines = batch.map(({ text }) => text);
  const query = options.observe ? { enforcement: 'observe', businessDate: 'document' } : {};
  const onWait = (why: string, seconds: string): void =>
    options.onNotice(
      `${why}; trying again in ${seconds} s (what this batch has written already will count as duplicate)`,
    );
  try {
    return await patiently(() => server.sendMessages(lines, query), { signal: server.signal, onWait });
  } catch (error) {
    throw error instanceof OutOfPatience ? stopped(error, batch) : error;
  }
}

function stopped({ message: why, attempts }: OutOfPatience, batch: readonly MessageItem[]): CliError {
  const tries = attempts === 1 ? '' : ` after ${attempts} attempts`;
  return new CliError(
    'import.stopped',
    `the import stopped before line ${batch[0]?.line ?? 1}${tries}: ${why}\n` +
      'Start it again when that is mended: what has been imported answers `duplicate`.',
  );
}

function checkedAnswers(batch: readonly MessageItem[], { answers }: SentBatch): SentBatch['answers']['items'] {
  if (answers.items.length === batch.length) return answers.items;
  throw new CliError('server.answers', `the server gave ${answers.items.length} answers to ${batch.length} messages`);
}
