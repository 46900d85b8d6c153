import fc from 'fast-check';
import { parseInstant } from './instant';
import { addDays, daysBetween, endOfMonth, epochDay, fromEpochDay, isLocalDate, type LocalDate } from './local-date';
import { dueDate, isTerms, type Terms } from './terms';

const day = (text: string): LocalDate => text as LocalDate;

test.each(['2026-02-30', '2026-13-01', '0000-01-01', '2026-1-1', '2026-02-29', '10000-01-01', ''])(
  '%s is no date',
  (text) => {
    expect(isLocalDate(text)).toBe(false);
  },
);

test.each(['0001-01-01', '9999-12-31', '2024-02-29', '1900-02-28'])('%s is a date', (text) => {
  expect(isLocalDate(text)).toBe(true);
  expect(fromEpochDay(epochDay(day(text)))).toBe(text);
});

test('days count the calendar, over leap years and the epoch', () => {
  expect(daysBetween(day('2017-02-28'), day('2017-04-04'))).toBe(35);
  expect(daysBetween(day('2024-02-28'), day('2024-03-01'))).toBe(2);
  fc.assert(
    fc.property(
      fc.integer({ min: -700_000, max: 2_900_000 }),
      fc.integer({ min: -10_000, max: 10_000 }),
      (from, days) => {
        const start = fromEpochDay(from);
        const end = addDays(start, days);
        expect(isLocalDate(end)).toBe(true);
        if (end > '0001-01-01' && end < '9999-12-31') expect(daysBetween(start, end)).toBe(days);
      },
    ),
  );
});

test.each([
  ['NET30', '2026-01-31', '2026-03-02'],
  ['NET0', '2026-01-31', '2026-01-31'],
  ['EOM+10', '2026-01-15', '2026-02-10'],
  ['EOM', '2024-02-01', '2024-02-29'],
])('%s of %s is %s', (terms, issuedOn, due) => {
  expect(dueDate(terms as Terms, day(issuedOn))).toBe(due);
});

test('terms are NET or EOM with at most three digits', () => {
  expect(['NET30', 'EOM', 'EOM+10'].every(isTerms)).toBe(true);
  expect(['NET', 'net30', 'EOM10', 'EOM+', 'NET+30', 'NET3000', '30'].some(isTerms)).toBe(false);
  expect(endOfMonth(day('2100-02-01'))).toBe('2100-02-28');
});

test('an instant is RFC 3339, kept in UTC to the millisecond', () => {
  expect(parseInstant('2026-03-02T09:15:00+02:00')).toBe('2026-03-02T07:15:00.000Z');
  expect(parseInstant('2026-03-02T09:15:00.123456Z')).toBe('2026-03-02T09:15:00.123Z');
  expect(
    ['2026-03-02', '2026-02-30T00:00:00Z', '2026-03-02T24:00:00Z', '2026-03-02T09:15:00'].map(parseInstant),
  ).toEqual([null, null, null, null]);
});
