import type { Position } from '@eventstore/db-client';

const POSITION = /^C(\d{1,20})-P(\d{1,20})$/;
const BEYOND = 2n ** 64n;

/** A place in the log as opaque text. Unlike those of other engines, so that no store takes a stranger's. */
export function positionText({ commit, prepare }: Position): string {
  return `C${commit}-P${prepare}`;
}

/** Throws `RangeError` for a text that is no position of this engine. */
export function parsePosition(text: string): Position {
  const [, commit, prepare] = POSITION.exec(text) ?? [];
  if (commit === undefined || prepare === undefined || BigInt(commit) >= BEYOND || BigInt(prepare) >= BEYOND) {
    throw new RangeError(`not a position of this event store: ${text.slice(0, 80)}`);
  }
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

export function comparePositions(a: string, b: string): number {
  return comparePlaces(parsePosition(a), parsePosition(b));
}

export function comparePlaces(a: Position, b: Position): number {
  return compare(a.commit, b.commit) || compare(a.prepare, b.prepare);
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
