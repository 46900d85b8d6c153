import { isDatabaseAway } from './database-away';

const coded = (code: string): Error => Object.assign(new Error('what it says'), { code });

test.each(['ECONNREFUSED', 'ECONNRESET', '08006', '57P01', '57P03', '53300'])('an error with %s is one', (code) => {
  expect(isDatabaseAway(coded(code))).toBe(true);
  expect(isDatabaseAway(new Error('wrapped', { cause: coded(code) }))).toBe(true);
});

test('what the client says without a code is one', () => {
  expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
});

test.each(['23505', '40001', '42P01', '57014', 'ENOENT', 'FST_ERR_BAD_URL'])('an error with %s is none', (code) => {
  expect(isDatabaseAway(coded(code))).toBe(false);
});

test('what is no error, or says nothing, is none', () => {
  for (const value of [undefined, null, 'ECONNREFUSED', new Error('ECONNREFUSED')]) {
    expect(isDatabaseAway(value)).toBe(false);
  }
});
