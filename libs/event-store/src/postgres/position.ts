/**
 * A place in the order of all events: `incarnation-xid-sequence`. Opaque to everybody else.
 */
export interface Position {
  readonly incarnation: number;
  readonly xid: bigint;
  readonly sequence: number;
}

const POSITION = /^(-?\d{1,10})-(\d{1,20})-(-?\d{1,10})$/;
/** More than one transaction writes, or one cluster is restored. */
const BEYOND_ALL = 1_000_000_000;

export function positionText(incarnation: number | string, xid: bigint | string, sequence: number | string): string {
  return `${incarnation}-${xid}-${sequence}`;
}

/** Takes whatever the columns can hold. Throws `RangeError` for any other text. */
export function parsePosition(text: string): Position {
  const position = read(text);
  if (position === null) throw new RangeError(`not a position of this event store: ${text.slice(0, 80)}`);
  return position;
}

/** False also where a row can stand, but no writer puts one. */
export function isPosition(text: string): boolean {
  const position = read(text);
  return position !== null && [position.incarnation, position.sequence].every((part) => part >= 0 && part < BEYOND_ALL);
}

function read(text: string): Position | null {
  const [, incarnation, xid, sequence] = POSITION.exec(text) ?? [];
  if (incarnation === undefined || xid === undefined || sequence === undefined) return null;
  const position = { incarnation: Number(incarnation), xid: BigInt(xid), sequence: Number(sequence) };
  return isInt4(position.incarnation) && isInt4(position.sequence) && position.xid < 2n ** 64n ? position : null;
}

function isInt4(value: number): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31;
}

export function comparePositions(a: string, b: string): number {
  const [first, second] = [parsePosition(a), parsePosition(b)];
  if (first.incarnation !== second.incarnation) return first.incarnation - second.incarnation;
  if (first.xid !== second.xid) return first.xid < second.xid ? -1 : 1;
  return first.sequence - second.sequence;
}
