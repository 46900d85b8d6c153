/**
 * A PostgreSQL array as text. The driver makes the same from a JavaScript array, a value and a regular expression at a
 * time, and that was most of the time of a projection; most values here need no quoting at all.
 */
export function arrayText(values: readonly ArrayValue[]): string {
  return arrayTextOf(values, itself);
}

export type ArrayValue = string | number | boolean | null;

/** The same of one value of each thing. */
export function arrayTextOf<Thing>(things: readonly Thing[], valueOf: (thing: Thing) => ArrayValue): string {
  let text = '{';
  let separator = '';
  for (const thing of things) {
    const value = valueOf(thing);
    text += separator;
    text += value === null ? NULL : typeof value === 'string' ? quoted(value) : value;
    separator = ',';
  }
  return `${text}}`;
}

const itself = (value: ArrayValue): ArrayValue => value;

const NULL = 'NULL';
const PLAIN = /^[A-Za-z0-9.:+~_-]+$/;
const SPECIAL = /["\\]/g;

function quoted(value: string): string {
  if (PLAIN.test(value) && (value.length !== NULL.length || value.toUpperCase() !== NULL)) return value;
  return `"${value.replace(SPECIAL, '\\$&')}"`;
}
