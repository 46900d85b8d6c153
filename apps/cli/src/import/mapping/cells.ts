import { isLocalDate } from '@duestream/domain';
import type { CleanStep, ColumnRule } from './mapping';

/** The cell cannot be what its column should be. */
export class CellProblem extends Error {
  override readonly name = 'CellProblem';
}

/** A cell's value: text, a date `YYYY-MM-DD`, a decimal string, or a whole number. Null when the cell is empty. */
export function cellValue(cell: string, rule: ColumnRule): string | number | null {
  const cleaned = (rule.clean ?? []).reduce(clean, cell.trim());
  if (cleaned === '') return null;
  switch (rule.as) {
    case undefined:
    case 'text':
      return cleaned;
    case 'date':
      return dateOf(cleaned, rule);
    case 'amount':
      return amountOf(cleaned, rule);
    case 'integer':
      return integerOf(cleaned, rule);
    default:
      return rule.as satisfies never;
  }
}

function clean(value: string, step: CleanStep): string {
  if (typeof step === 'object') {
    if ('replace' in step) return value.replaceAll(step.replace, step.with);
    const applies = value !== '' && (step.when === undefined || /^\d+$/.test(value));
    return applies ? value.padStart(step.pad, step.with) : value;
  }
  switch (step) {
    case 'strip-trailing-.0':
      return value.replace(/\.0+$/, '');
    case 'collapse-blanks':
      return value.replace(/\s+/g, ' ');
    case 'upper':
      return value.toUpperCase();
    case 'lower':
      return value.toLowerCase();
    case 'nfc':
      return value.normalize('NFC');
    default:
      return step satisfies never;
  }
}

const ISO_FORMAT = 'yyyy-mm-dd';
const datePatterns = new Map<string, RegExp>();

function dateOf(text: string, { from, format = ISO_FORMAT }: ColumnRule): string {
  const { y = '', m = '', d = '' } = patternOf(format).exec(text)?.groups ?? {};
  const date = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  if (!isLocalDate(date)) throw new CellProblem(`${from} is "${text}"; expected a date ${format}`);
  return date;
}

function patternOf(format: string): RegExp {
  const known = datePatterns.get(format);
  if (known !== undefined) return known;
  const source = format
    .replace(/[./-]/g, '\\$&')
    .replace('yyyy', '(?<y>#{4})')
    .replace(/mm?/, (token) => `(?<m>#${token === 'm' ? '{1,2}' : '{2}'})`)
    .replace(/d{1,2}/, (token) => `(?<d>#${token === 'd' ? '{1,2}' : '{2}'})`)
    .replaceAll('#', '\\d');
  const pattern = new RegExp(`^${source}$`);
  datePatterns.set(format, pattern);
  return pattern;
}

function amountOf(text: string, { from, decimal = '.', thousands }: ColumnRule): string {
  const [whole = '', fraction, ...more] = text.split(decimal);
  const digits = thousands === undefined ? whole : ungrouped(whole, thousands);
  if (
    digits === null ||
    !/^-?\d+$/.test(digits) ||
    more.length > 0 ||
    (fraction !== undefined && !/^\d+$/.test(fraction))
  ) {
    const grouping = thousands === undefined ? 'without thousands separators' : `with "${thousands}" between thousands`;
    throw new CellProblem(
      `${from} is "${text}"; expected an amount with "${decimal}" before the decimals, ${grouping}`,
    );
  }
  // A file that writes 1000.0 for yen means 1000; zeros at the end say nothing.
  const kept = (fraction ?? '').replace(/0+$/, '');
  return kept === '' ? digits : `${digits}.${kept}`;
}

/** Null when the separators do not stand between thousands: `1,00` is no hundred. */
function ungrouped(whole: string, separator: string): string | null {
  const [first = '', ...groups] = whole.split(separator);
  const isGrouped =
    groups.length === 0 || (/^-?\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group)));
  return isGrouped ? [first, ...groups].join('') : null;
}

function integerOf(text: string, { from }: ColumnRule): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new CellProblem(`${from} is "${text}"; expected a whole number`);
  return value;
}
