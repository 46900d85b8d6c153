import { comparePositions, isPosition, parsePosition, positionText } from './position';

describe('a position', () => {
  it('is read back as it was written', () => {
    const position = { incarnation: 3, xid: 2n ** 64n - 1n, sequence: 2_000 };
    expect(parsePosition(positionText(position.incarnation, position.xid, position.sequence))).toEqual(position);
  });

  it.each([
    ['incarnation', '-2147483648-7-1', '1-7-1'],
    ['incarnation', '1-7-1', '2147483647-7-1'],
    ['transaction', '1-9-1', '1-10-1'],
    ['sequence', '1-7--2147483648', '1-7--1'],
    ['sequence', '1-7-999999999', '1-7-1000000000'],
  ])('is compared wherever a row can stand: by %s, %s before %s', (_, first, second) => {
    expect(comparePositions(first, second)).toBeLessThan(0);
    expect(comparePositions(second, first)).toBeGreaterThan(0);
    expect(comparePositions(second, second)).toBe(0);
  });

  it.each(['1-7-0', '1-7-2000', '999999999-18446744073709551615-999999999'])('is given out: %s', (text) => {
    expect(isPosition(text)).toBe(true);
  });

  it.each(['1-7--1', '1-7-1000000000', '-1-7-1', '1000000000-7-1'])(
    'may be that of a row, but no writer gives it: %s',
    (text) => {
      expect(isPosition(text)).toBe(false);
      expect(comparePositions(text, text)).toBe(0);
    },
  );

  it.each([
    '1-7-2147483648',
    '1-7--2147483649',
    '2147483648-7-1',
    '1-18446744073709551616-1',
    '1--7-1',
    '1-7',
    'C1-P1',
    '',
  ])('is none: %j', (text) => {
    expect(isPosition(text)).toBe(false);
    expect(() => parsePosition(text)).toThrow(RangeError);
  });
});
