import { addDays, endOfMonth, type LocalDate } from './local-date';

declare const termsBrand: unique symbol;

/** Terms of payment as sent: `NET30` (days after the issue date) or `EOM+10` (days after the end of that month). */
export type Terms = string & { readonly [termsBrand]: true };

const TERMS = /^(NET|EOM)(?:\+?(\d{1,3}))?$/;

export function isTerms(text: string): text is Terms {
  const match = TERMS.exec(text);
  if (match === null) return false;
  return match[1] === 'NET' ? /^NET\d{1,3}$/.test(text) : /^EOM(\+\d{1,3})?$/.test(text);
}

/** `NET30` of 2026-01-31 is 2026-03-02; `EOM+10` of 2026-01-15 is 2026-02-10; `NET0` is the issue date. */
export function dueDate(terms: Terms, issuedOn: LocalDate): LocalDate {
  const match = TERMS.exec(terms);
  const days = Number(match?.[2] ?? '0');
  return addDays(match?.[1] === 'EOM' ? endOfMonth(issuedOn) : issuedOn, days);
}
