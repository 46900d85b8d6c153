import {
  OutcomeUnknown,
  Unavailable,
  WrongExpectedRevision,
  type AppendBatch,
  type AppendResult,
  type EventStoreError,
} from '../port';

const MAX_ATTEMPTS = 10;
const PAUSE_MS = 100;

/**
 * Appends to one of our own small streams: what `decide` gives for its state, again with a new state when somebody
 * else was faster, and the identical batch after an unknown outcome. Null: there is nothing to write.
 */
export async function appendDecided(
  append: (batch: AppendBatch) => Promise<AppendResult>,
  decide: () => Promise<AppendBatch | null>,
): Promise<AppendResult | null> {
  let batch = await decide();
  for (let attempt = 1; batch !== null; attempt += 1) {
    const result = await append(batch);
    if (result.ok) return result;
    const { error } = result;
    if (attempt >= MAX_ATTEMPTS || !isWorthRepeating(error)) throw error;
    if (error instanceof WrongExpectedRevision) batch = await decide();
    else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
  return null;
}

function isWorthRepeating(error: EventStoreError): boolean {
  return [WrongExpectedRevision, OutcomeUnknown, Unavailable].some((kind) => error instanceof kind);
}
