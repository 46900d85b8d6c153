import { setTimeout as delay } from 'node:timers/promises';
import { MAX_BATCH_MESSAGES } from '@duestream/contracts';
import { ConnectionLost, ServerProblem, type SentBatch, type ServerClient } from '../server/client';
import { CliError } from '../terminal/cli-error';
import type { ImportSource, MessageItem } from './items';
import type { ImportTally } from './tally';

const MAX_BATCH_CHARACTERS = 2 * 1024 * 1024;

export interface SendOptions {
  /** Records what would have been decided, each on the date of its document. */
  readonly observe: boolean;
  onProgress(done: number, lines: number): void;
  onNotice(text: string): void;
}

export interface Sent {
  /** As far as all of it has been written; null when nothing was. */
  readonly position: string | null;
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
): Promise<Sent> {
  let position: string | null = null;
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
    position = sent.position ?? position;
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
  return { position };
}

const MAX_ATTEMPTS = 12;
const MAX_WAIT_MS = 15_000;
const FIRST_WAIT_MS = 200;

/** Repeating a batch is safe: what was written the first time answers `duplicate`. */
async function sendPatiently(
  batch: readonly MessageItem[],
  server: ServerClient,
  options: SendOptions,
): Promise<SentBatch> {
  const lines = batch.map(({ text }) => text);
  const query = options.observe ? { enforcement: 'observe', businessDate: 'document' } : {};
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.sendMessages(lines, query);
    } catch (error) {
      const waitMs = waitBefore(error, attempt);
      if (waitMs === null || attempt === MAX_ATTEMPTS) throw stopped(error, batch, attempt);
      options.onNotice(
        `${error instanceof Error ? error.message : String(error)}; trying again in ${(waitMs / 1000).toFixed(1)} s ` +
          '(what this batch has written already will count as duplicate)',
      );
      await delay(waitMs, undefined, { signal: server.signal });
    }
  }
}

/** Null: trying again would not help. */
function waitBefore(error: unknown, attempt: number): number | null {
  const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS) * (0.75 + Math.random() / 2);
  if (error instanceof ConnectionLost) return backoffMs;
  if (!(error instanceof ServerProblem) || !PASSING.has(error.problem.status)) return null;
  return error.retryAfterSeconds === null ? backoffMs : Math.min(error.retryAfterSeconds * 1000, MAX_WAIT_MS);
}

/** Too many requests, or the server or what stands before it is away for now. */
const PASSING = new Set([429, 502, 503, 504]);

function stopped(error: unknown, batch: readonly MessageItem[], attempts: number): CliError {
  const why = error instanceof Error ? error.message : String(error);
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
