import { CellProblem, cellValue } from './cells';
import type { ColumnRule } from './mapping';

const rule = (more: Omit<ColumnRule, 'from'>): ColumnRule => ({ from: 'Column', ...more });

describe('cellValue', () => {
  it('takes blanks off the ends, and finds nothing in an empty cell', () => {
    expect(cellValue('  a b ', rule({}))).toBe('a b');
    expect(cellValue('   ', rule({ as: 'date' }))).toBeNull();
  });

  it.each([
    ['1/2/2013', 'm/d/yyyy', '2013-01-02'],
    ['12/31/2013', 'm/d/yyyy', '2013-12-31'],
    ['31.12.2013', 'dd.mm.yyyy', '2013-12-31'],
    ['1.2.2013', 'd.m.yyyy', '2013-02-01'],
    ['20200313', 'yyyymmdd', '2020-03-13'],
    ['2024-02-29', undefined, '2024-02-29'],
  ])('reads the date %s as %s', (text, format, expected) => {
    expect(cellValue(text, rule({ as: 'date', ...(format === undefined ? {} : { format }) }))).toBe(expected);
  });

  it.each([
    ['13/1/2013', 'm/d/yyyy'],
    ['2/29/2013', 'm/d/yyyy'],
    ['1/2/13', 'm/d/yyyy'],
    ['1.2.2013', 'dd.mm.yyyy'],
    ['2020-03-13', 'yyyymmdd'],
    ['2020x03x13', 'yyyy.mm.dd'],
  ])('refuses the date %s as %s, naming column, value and format', (text, format) => {
    expect(() => cellValue(text, rule({ as: 'date', format }))).toThrow(
      `Column is "${text}"; expected a date ${format}`,
    );
  });

  it.each<[string, Omit<ColumnRule, 'from'>, string]>([
    ['55.94', {}, '55.94'],
    ['31', {}, '31'],
    ['8734.70', {}, '8734.7'],
    ['1000.0', {}, '1000'],
    ['1,234,567.50', { thousands: ',' }, '1234567.5'],
    ['1.234.567,89', { decimal: ',', thousands: '.' }, '1234567.89'],
    ["1'000", { thousands: "'" }, '1000'],
    ['-5.00', {}, '-5'],
  ])('reads the amount %s', (text, more, expected) => {
    expect(cellValue(text, rule({ as: 'amount', ...more }))).toBe(expected);
  });

  it.each<[string, Omit<ColumnRule, 'from'>]>([
    ['1e5', {}],
    ['1,50', {}],
    ['1,50', { thousands: ',' }],
    ['1.2.3', {}],
    ['5.', {}],
    ['EUR 5', {}],
    ['NaN', {}],
    ['1,2345.00', { thousands: ',' }],
  ])('refuses the amount %s', (text, more) => {
    expect(() => cellValue(text, rule({ as: 'amount', ...more }))).toThrow(CellProblem);
  });

  it('cleans up ids step by step', () => {
    expect(cellValue('1930571429.0', rule({ clean: ['strip-trailing-.0'] }))).toBe('1930571429');
    const padded = rule({ clean: [{ pad: 10, with: '0', when: 'digits' }] });
    expect(cellValue('200769623', padded)).toBe('0200769623');
    expect(cellValue('CCU013', padded)).toBe('CCU013');
    expect(cellValue('', padded)).toBeNull();
    expect(cellValue('a  b', rule({ clean: ['collapse-blanks', 'upper', { replace: ' ', with: '-' }] }))).toBe('A-B');
    expect(cellValue('u\u0308', rule({ clean: ['nfc'] }))).toBe('ü');
  });

  it('reads whole numbers as numbers', () => {
    expect(cellValue('12', rule({ as: 'integer' }))).toBe(12);
    expect(() => cellValue('12.5', rule({ as: 'integer' }))).toThrow(CellProblem);
  });
});
