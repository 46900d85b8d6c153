/**
 * A PostgreSQL array as text. The driver makes the same from a JavaScript array, a value and a regular expression at a
 * time, and that was most of the time of a projection; most values here need no quoting at all.
 */
export function arrayText(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    const value = values[index];
    text += value === null || value === undefined ? 'NULL' : typeof value === 'string' ? quoted(value) : String(value);
  }
  return `${text}}`;
}

const PLAIN = /^[A-Za-z0-9.:+~_-]+$/;
const SPECIAL = /["\\]/g;

function quoted(value: string): string {
  if (PLAIN.test(value) && value.toUpperCase() !== 'NULL') return value;
  return `"${value.replace(SPECIAL, '\\$&')}"`;
}
