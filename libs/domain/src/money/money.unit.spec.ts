import fc from 'fast-check';
import { currencyCodes, isCurrency, type Currency } from './currencies';
import { decimalOf, minorOf } from './money';

const currency = (code: string): Currency => code as Currency;

test.each([
  ['12.3', 'EUR', 1230n],
  ['12.345', 'EUR', null],
  ['1500', 'JPY', 1500n],
  ['1500.0', 'JPY', null],
  ['1.234', 'BHD', 1234n],
  ['-0.05', 'EUR', -5n],
  ['1e3', 'EUR', null],
  ['1,000.00', 'EUR', null],
  ['+1', 'EUR', null],
  ['', 'EUR', null],
])('%s %s is %s minor units', (text, code, minor) => {
  expect(minorOf(text, currency(code))).toBe(minor);
});

test('a decimal reads back as what it was written from, in every currency', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.constantFrom(...currencyCodes()), (minor, code) => {
      expect(minorOf(decimalOf(minor, currency(code)), currency(code))).toBe(minor);
    }),
  );
});

test('precious metals and test codes are no currencies', () => {
  expect(['XAU', 'XXX', 'XTS', 'eur', 'EURO'].some(isCurrency)).toBe(false);
});
