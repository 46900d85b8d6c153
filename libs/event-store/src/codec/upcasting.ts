import { isEventType } from './registry';

/** `data` of a stored event, of whatever age. */
export type StoredData = Readonly<Record<string, unknown>>;

/**
 * Reads one former type as the next. `from` names exactly what old streams hold; `upcast` gets that data and gives what
 * `to` would have held. It is pure, total over everything ever written under `from`, and is tested against old JSON.
 */
export interface Upcaster {
  readonly from: string;
  readonly to: string;
  upcast(data: StoredData): StoredData;
}

export interface TypedData {
  readonly type: string;
  readonly data: StoredData;
}

export type Upcast = (event: TypedData) => TypedData;

/**
 * One function that takes any former event to its type in force, through every step between. Throws where the steps
 * cannot be right: two from one type, one from a type in force, or a chain that ends nowhere.
 */
export function upcasting(upcasters: readonly Upcaster[]): Upcast {
  const steps = new Map<string, Upcaster>();
  for (const step of upcasters) {
    if (steps.has(step.from)) throw new Error(`two upcasters from ${step.from}`);
    if (isEventType(step.from)) throw new Error(`an upcaster from ${step.from}, which is in force`);
    steps.set(step.from, step);
  }
  for (const step of upcasters) assertEndsInForce(step, steps);
  return (event) => {
    let current = event;
    for (let step = steps.get(current.type); step !== undefined; step = steps.get(current.type)) {
      current = { type: step.to, data: step.upcast(current.data) };
    }
    return current;
  };
}

function assertEndsInForce(first: Upcaster, steps: ReadonlyMap<string, Upcaster>): void {
  let type = first.to;
  for (let taken = 0; taken <= steps.size; taken += 1) {
    if (isEventType(type)) return;
    const next = steps.get(type);
    if (next === undefined) break;
    type = next.to;
  }
  throw new Error(`the upcasters from ${first.from} end in ${type}, which is not in force`);
}
