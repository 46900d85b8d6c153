import { eventIdOf } from '../codec/event-id';
import {
  OutcomeUnknown,
  Unavailable,
  type AppendBatch,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type StoredEvent,
} from '../port';

let streams = 0;

/** A stream that no other test uses. */
export function newStreamId(): string {
  streams += 1;
  return `account-T-${process.pid}-${streams}`;
}

/** `count` small events as `command` would write them to the stream: the same every time. */
export function sampleEvents(streamId: string, command: string, count = 1): readonly EventToAppend[] {
  return Array.from({ length: count }, (_, index) => ({
    id: eventIdOf(streamId, command, index),
    type: 'order.placed.v1',
    data: JSON.stringify({ command, index }),
    metadata: JSON.stringify({ commandId: command }),
  }));
}

export function sampleBatch(streamId: string, expectedRevision: number, command: string, count = 1): AppendBatch {
  return { streamId, expectedRevision, events: sampleEvents(streamId, command, count) };
}

/** Appends one batch and gives its result. */
export async function appendOne(store: EventStore, batch: AppendBatch): Promise<AppendResult> {
  const results = await store.append([batch]);
  return only(results);
}

/** Appends and fails the test when the store refuses. */
export async function mustAppend(store: EventStore, batch: AppendBatch): Promise<string> {
  const result = await appendOne(store, batch);
  if (!result.ok) throw result.error;
  return result.position;
}

/** Repeats the identical batch until it has a definite answer, as callers must. */
export async function appendUntilSettled(store: EventStore, batch: AppendBatch): Promise<AppendResult> {
  for (;;) {
    const result = await appendOne(store, batch);
    if (result.ok || !(result.error instanceof OutcomeUnknown || result.error instanceof Unavailable)) return result;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export async function readWhole(store: EventStore, streamId: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(streamId, { fromRevision: events.length, limit: 1_000 });
    events.push(...page);
    if (page.length < 1_000) return events;
  }
}

const knownEnds = new WeakMap<EventStore, string>();

/** The position behind everything that is readable now. Looked for from where it was last time. */
export async function endOfAll(store: EventStore): Promise<string | null> {
  let position = knownEnds.get(store) ?? null;
  for (;;) {
    const page = await store.readAll({ after: position, limit: 1_000 });
    position = page.position;
    if (position !== null) knownEnds.set(store, position);
    if (page.atEnd) return position;
  }
}

/** Resolves once the condition holds; fails the test when it does not within thirty seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`one expected, ${values.length} there`);
  return value;
}
