import fc from 'fast-check';
import { arrayText } from './array-text';

it('leaves plain values alone and quotes what the server would read as something else', () => {
  expect(arrayText(['C-1', '12.30', '', 'a b', 'null', '{1,2}', 'a"b', 'a\\b', null, 7, true])).toBe(
    '{C-1,12.30,"","a b","null","{1,2}","a\\"b","a\\\\b",NULL,7,true}',
  );
});

it('gives back what went in, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'grapheme' }))), (values) => {
      expect(parse(arrayText(values))).toEqual(values);
    }),
  );
});

/** As the server reads it. */
function parse(text: string): (string | null)[] {
  const values: (string | null)[] = [];
  for (const [, quoted, plain] of text.slice(1, -1).matchAll(/(?:"((?:[^"\\]|\\.)*)"|([^,"]+))(?:,|$)/gsu)) {
    if (quoted !== undefined) values.push(quoted.replace(/\\(.)/gsu, '$1'));
    else values.push(plain === 'NULL' ? null : (plain ?? null));
  }
  return values;
}
