import fc from 'fast-check';
import { repeatedKeys } from './repeated-keys';

const found = (text: string): readonly unknown[] => repeatedKeys(text, JSON.parse(text));

it.each([
  ['{"a":1,"a":1}', [['a']]],
  ['{"a":{"b":1,"c":2,"b":3}}', [['a', 'b']]],
  ['{"a":[{"x":1},{"y":{"z":1,"z":1}}]}', [['a', 1, 'y', 'z']]],
  ['{"a":1,"\\u0061":2}', [['a']]],
  ['{"a" : 1, "b": 2,\n"a"\t:3}', [['a']]],
  ['{"":1,"":2}', [['']]],
  ['{"a\\"":1,"a\\"":2}', [['a"']]],
  ['{"a\\\\":1,"a\\\\":2}', [['a\\']]],
  ['{"__proto__":1,"__proto__":2}', [['__proto__']]],
])('%s: a key that comes twice in one object is found', (text, expected) => {
  expect(found(text)).toEqual(expected);
});

it.each([
  '{"a":{"a":1},"b":{"a":2}}',
  '[{"a":1},{"a":1}]',
  '{"a":"\\":\\":\\":"}',
  '{"a":"x\\": ","b":["\\":"]}',
  '"a"',
  '[]',
  '{"a":1,"A":2}',
])('%s has none', (text) => {
  expect(found(text)).toEqual([]);
});

it('in a list, one is found for each element that has any', () => {
  expect(found('[{"a":1,"a":1,"b":1,"b":2},{"a":1},{"c":{"d":1,"d":1}}]')).toEqual([
    [0, 'a'],
    [2, 'c', 'd'],
  ]);
});

it('finds none in what was written from a value, however it looks', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(repeatedKeys(text, JSON.parse(text))).toEqual([]);
    }),
  );
});

it('a very deep text is read without a crash', () => {
  const text = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  expect(repeatedKeys(text, JSON.parse(text))).toEqual([]);
});
