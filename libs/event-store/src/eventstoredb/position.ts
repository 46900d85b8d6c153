import type { Position } from '@eventstore/db-client';

const POSITION = /^C(\d{1,20})-P(\d{1,20})$/;
const BEYOND = 2n ** 64n;

/** A place in the log as opaque text. Unlike those of other engines, so that no store takes a stranger's. */
export function positionText({ commit, prepare }: Position): string {
  return `C${commit}-P${prepare}`;
}

/** Throws `RangeError` for a text that is no position of this engine. */
export function parsePosition(text: string): Position {
  const position = read(text);
  if (position === null) throw new RangeError(`not a position of this event store: ${text.slice(0, 80)}`);
  return position;
}

export function isPosition(text: string): boolean {
  return read(text) !== null;
}

function read(text: string): Position | null {
  const [, commit, prepare] = POSITION.exec(text) ?? [];
  if (commit === undefined || prepare === undefined) return null;
  const position = { commit: BigInt(commit), prepare: BigInt(prepare) };
  return position.commit < BEYOND && position.prepare < BEYOND ? position : null;
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
