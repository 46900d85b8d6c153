import { createHash } from 'node:crypto';
import { InvalidParameter } from '../errors';

export const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

/** What a list is asked for. `all` is for CSV, which is whole. */
export interface PageRequest {
  readonly limit?: number | 'all';
  readonly cursor?: string;
}

/** The point in time that the first page had, and the last key that was given. */
export interface Cursor {
  /** The list and its filters: a cursor is good for the same question only. */
  readonly question: string;
  readonly asOf: string;
  readonly knownAt: string | null;
  readonly seq: number;
  readonly key: readonly (string | number)[];
}

export function pageSize({ limit = DEFAULT_PAGE }: PageRequest): number | null {
  if (limit === 'all') return null;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new InvalidParameter('limit', String(limit), `a whole number from 1 to ${MAX_PAGE}`);
}

export function encodeCursor(cursor: Cursor): string {
  const { question, asOf, knownAt, seq, key } = cursor;
  const text = JSON.stringify([question, asOf, knownAt, seq, key]);
  return `${Buffer.from(text).toString('base64url')}.${checkOf(text)}`;
}

export function decodeCursor(text: string, question: string): Cursor {
  const parsed = parse(text);
  if (parsed === null) throw new InvalidParameter('cursor', text, 'the nextCursor of the page before');
  if (parsed.question !== question) {
    throw new InvalidParameter('cursor', text, 'the nextCursor of the same list with the same filters');
  }
  return parsed;
}

/** Parts of a cursor go into queries as they are, so it is taken only as it was given out. */
function checkOf(text: string): string {
  return createHash('sha256').update('duestream cursor\n').update(text).digest('base64url').slice(0, 16);
}

function parse(cursor: string): Cursor | null {
  const [encoded = '', check] = cursor.split('.');
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  if (check !== checkOf(text)) return null;
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length !== 5) return null;
  const [question, asOf, knownAt, seq, key] = value as unknown[];
  if (typeof question !== 'string' || typeof asOf !== 'string' || typeof seq !== 'number') return null;
  if (knownAt !== null && typeof knownAt !== 'string') return null;
  if (!Array.isArray(key) || !key.every((part) => typeof part === 'string' || typeof part === 'number')) return null;
  return { question, asOf, knownAt, seq, key };
}

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** `rows` has one more than a page when there is a next one. */
export function listed<Row, Item>(
  rows: readonly Row[],
  size: number | null,
  toItem: (row: Row) => Item,
  cursorOf: (last: Row) => Cursor,
): Listed<Item> {
  const page = size === null ? rows : rows.slice(0, size);
  const last = page.at(-1);
  const isLast = page.length === rows.length || last === undefined;
  return { items: page.map(toItem), nextCursor: isLast ? null : encodeCursor(cursorOf(last)) };
}
