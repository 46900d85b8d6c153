/**
 * A place in the order of all events: `incarnation-xid-sequence`. Opaque to everybody else.
 */
export interface Position {
  readonly incarnation: number;
  readonly xid: bigint;
  readonly sequence: number;
}

const POSITION = /^(\d{1,9})-(\d{1,20})-(\d{1,9})$/;

export function positionText(incarnation: number | string, xid: bigint | string, sequence: number | string): string {
  return `${incarnation}-${xid}-${sequence}`;
}

/** Throws `RangeError` for a text that is no position of this engine. */
export function parsePosition(text: string): Position {
  const [, incarnation, xid, sequence] = POSITION.exec(text) ?? [];
  if (incarnation === undefined || xid === undefined || sequence === undefined || BigInt(xid) >= 2n ** 64n) {
    throw new RangeError(`not a position of this event store: ${text.slice(0, 80)}`);
  }
  return { incarnation: Number(incarnation), xid: BigInt(xid), sequence: Number(sequence) };
}

export function comparePositions(a: string, b: string): number {
  const [first, second] = [parsePosition(a), parsePosition(b)];
  if (first.incarnation !== second.incarnation) return first.incarnation - second.incarnation;
  if (first.xid !== second.xid) return first.xid < second.xid ? -1 : 1;
  return first.sequence - second.sequence;
}
