import { MAX_APPEND_BYTES, TooLarge, bytesOf, type AppendBatch, type AppendResult } from './port';

declare global {
  interface String {
    /** Node has it from version 20; the type library of ES2023 does not. */
    isWellFormed(): boolean;
  }
}

/** Versions 1 to 5: EventStoreDB's client takes no other. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export interface FittingBatch {
  readonly batch: AppendBatch;
  readonly bytes: number;
  /** Its place in the caller's list. */
  readonly place: number;
}

/**
 * Sorts out what is too large. What no correct caller sends is a programming error and throws before anything is
 * written: a stream twice in a call, no events, an id that is no UUID or comes twice, text that has no UTF-8 form.
 */
export function checkBatches(batches: readonly AppendBatch[]): {
  readonly fitting: readonly FittingBatch[];
  readonly results: Map<number, AppendResult>;
} {
  const fitting: FittingBatch[] = [];
  const results = new Map<number, AppendResult>();
  const streams = new Set<string>();
  for (const [place, batch] of batches.entries()) {
    const { streamId } = batch;
    if (streams.has(streamId)) throw new RangeError(`stream ${streamId} twice in one call`);
    streams.add(streamId);
    const bytes = checkedBytes(batch);
    if (bytes <= MAX_APPEND_BYTES) fitting.push({ batch, bytes, place });
    else results.set(place, { ok: false, error: new TooLarge(streamId, bytes, MAX_APPEND_BYTES) });
  }
  return { fitting, results };
}

function checkedBytes({ streamId, expectedRevision, events }: AppendBatch): number {
  if (!isStorable(streamId) || streamId === '') throw new RangeError(`not a stream id: ${streamId}`);
  if (!Number.isSafeInteger(expectedRevision) || expectedRevision < -1) {
    throw new RangeError(`not an expected revision: ${expectedRevision}`);
  }
  if (events.length === 0) throw new RangeError(`nothing to append to stream ${streamId}`);
  const ids = new Set<string>();
  let bytes = 0;
  for (const event of events) {
    const { id, type, data, metadata } = event;
    if (!UUID.test(id) || ids.has(id)) throw new RangeError(`not an event id, or one that comes twice: ${id}`);
    if (![type, data, metadata].every(isStorable)) throw new RangeError(`event ${id} holds text without a UTF-8 form`);
    ids.add(id);
    bytes += bytesOf(event);
  }
  return bytes;
}

/** Half a surrogate pair has no UTF-8 form, and PostgreSQL keeps no NUL. JSON escapes both. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
