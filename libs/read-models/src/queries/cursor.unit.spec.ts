import { InvalidParameter } from '../errors';
import { decodeCursor, encodeCursor } from './cursor';

const cursor = { question: '["holds",null]', asOf: '2026-03-01', knownAt: null, seq: 7, key: ['A', 3] };

it('reads back as it was given out', () => {
  expect(decodeCursor(encodeCursor(cursor), cursor.question)).toEqual(cursor);
});

it.each([
  ['another key', JSON.stringify([cursor.question, cursor.asOf, null, 7, []])],
  ['another place', JSON.stringify([cursor.question, cursor.asOf, null, -1, cursor.key])],
  ['no JSON', '{'],
])('is refused with %s in it, whatever check it carries', (_, text) => {
  const [, check] = encodeCursor(cursor).split('.');
  const forged = Buffer.from(text).toString('base64url');
  for (const one of [forged, `${forged}.${check}`, '', '.']) {
    expect(() => decodeCursor(one, cursor.question)).toThrow(InvalidParameter);
  }
});

it('is good for the same question only', () => {
  expect(() => decodeCursor(encodeCursor(cursor), '["waiting",null]')).toThrow(/same filters/);
});
