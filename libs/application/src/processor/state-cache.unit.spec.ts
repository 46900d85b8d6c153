import { StateCache } from './state-cache';

const account = (bytes: number) => ({ bytes });

it('forgets the least recently used when the bytes exceed the limit', () => {
  const cache = new StateCache<{ bytes: number }>(100);
  cache.put('A', account(40));
  cache.put('B', account(40));
  const a = cache.take('A');
  if (a !== undefined) cache.put('A', a);
  cache.put('C', account(40));
  expect([cache.take('B'), cache.take('A'), cache.take('C')]).toEqual([undefined, account(40), account(40)]);
});

it('gives an account to one worker only', () => {
  const cache = new StateCache<{ bytes: number }>(100);
  cache.put('A', account(40));
  expect(cache.take('A')).toEqual(account(40));
  expect(cache.take('A')).toBeUndefined();
  expect(cache.sizeBytes).toBe(0);
});

it('does not keep what is larger than everything it may hold', () => {
  const cache = new StateCache<{ bytes: number }>(100);
  cache.put('A', account(10));
  cache.put('B', account(101));
  expect(cache.take('B')).toBeUndefined();
  expect(cache.take('A')).toEqual(account(10));
});
