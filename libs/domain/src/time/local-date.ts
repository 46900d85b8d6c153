declare const localDateBrand: unique symbol;

/** A civil date `YYYY-MM-DD`, proleptic Gregorian, years 0001–9999. Compares correctly as a string. */
export type LocalDate = string & { readonly [localDateBrand]: true };

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

export const FIRST_DATE = '0001-01-01' as LocalDate;
export const LAST_DATE = '9999-12-31' as LocalDate;

export function isLocalDate(text: string): text is LocalDate {
  const match = PATTERN.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Days since 1970-01-01; negative before. */
export function epochDay(date: LocalDate): number {
  const time = new Date(0);
  time.setUTCFullYear(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)));
  return time.getTime() / DAY_MS;
}

export function fromEpochDay(day: number): LocalDate {
  const time = new Date(day * DAY_MS);
  const year = String(time.getUTCFullYear()).padStart(4, '0');
  const month = String(time.getUTCMonth() + 1).padStart(2, '0');
  return `${year}-${month}-${String(time.getUTCDate()).padStart(2, '0')}` as LocalDate;
}

/** The date `days` later (earlier when negative), held within 0001-01-01 … 9999-12-31. */
export function addDays(date: LocalDate, days: number): LocalDate {
  const day = epochDay(date) + days;
  if (day <= epochDay(FIRST_DATE)) return FIRST_DATE;
  return day >= epochDay(LAST_DATE) ? LAST_DATE : fromEpochDay(day);
}

/** Calendar days from `from` to `to`: positive when `to` is later. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return epochDay(to) - epochDay(from);
}

export function endOfMonth(date: LocalDate): LocalDate {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  return `${date.slice(0, 8)}${String(daysInMonth(year, month)).padStart(2, '0')}` as LocalDate;
}

export function latest(first: LocalDate, ...others: readonly (LocalDate | undefined)[]): LocalDate {
  let result = first;
  for (const date of others) if (date !== undefined && date > result) result = date;
  return result;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
