import fc from 'fast-check';
import { decimalOf, type Currency } from '@duestream/domain';
import { minor, raise, settledFrom, type Staircase } from './staircase';

const EUR = 'EUR' as Currency;
const EMPTY: Staircase = { days: [], open: [] };

it('holds an amount from its day on, also when it comes before others', () => {
  const stairs = raise(raise(EMPTY, '2026-02-01', '10.00', EUR), '2026-01-01', '5.00', EUR);
  expect(stairs).toEqual({ days: ['2026-01-01', '2026-02-01'], open: ['5.00', '15.00'] });
});

it('has no step on a day on which nothing changes any more', () => {
  const stairs = raise(raise(EMPTY, '2026-01-01', '10.00', EUR), '2026-02-01', '-10.00', EUR);
  expect(raise(stairs, '2026-02-01', '10.00', EUR)).toEqual({ days: ['2026-01-01'], open: ['10.00'] });
  expect(raise(stairs, '2026-01-01', '-10.00', EUR)).toEqual({ days: ['2026-02-01'], open: ['-10.00'] });
});

it('is settled from its last step when that is nothing', () => {
  const open = raise(EMPTY, '2026-01-01', '10.00', EUR);
  expect(settledFrom(open)).toBe('infinity');
  expect(settledFrom(raise(open, '2026-03-01', '-10.00', EUR))).toBe('2026-03-01');
});

it('gives on every day the sum of what was added up to it, in whatever order it came', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-01-${String(n).padStart(2, '0')}`);
  const change = fc.tuple(day, fc.integer({ min: -500, max: 500 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), day, (changes, asOf) => {
      const stairs = changes.reduce((to, [on, cents]) => raise(to, on, decimalOf(BigInt(cents), EUR), EUR), EMPTY);
      const step = stairs.days.findLastIndex((on) => on <= asOf);
      const sum = changes.reduce((total, [on, cents]) => (on <= asOf ? total + cents : total), 0);
      expect(step < 0 ? '0.00' : stairs.open[step]).toBe(decimalOf(BigInt(sum), EUR));
      expect([...new Set(stairs.days)].sort()).toEqual(stairs.days);
    }),
  );
});

it.each([
  ['1.05', 'EUR', 105n],
  ['-0.05', 'EUR', -5n],
  ['-12.30', 'EUR', -1230n],
  ['7', 'EUR', 700n],
  ['7.5', 'EUR', 750n],
  ['500', 'JPY', 500n],
  ['1.234', 'KWD', 1234n],
])('reads %s %s as %s minor units', (amount, currency, expected) => {
  expect(minor(amount, currency as Currency)).toBe(expected);
});

it.each(['', 'x', '1.234', '1e5', '1.2.30', '.50', ' 1.50', '0x.10', '1 0.00'])(
  'does not take %j for an amount',
  (amount) => {
    expect(() => minor(amount, EUR)).toThrow();
  },
);
