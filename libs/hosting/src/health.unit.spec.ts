import { relayHealth } from './health';

it.each([
  ['active', null, { ready: true }],
  ['standby', null, { ready: true, reason: 'it stands by for the one with the lease' }],
  ['standby', 'the database is away', { ready: false, reason: 'the database is away' }],
  ['stopped', null, { ready: false, reason: 'it is closing' }],
] as const)('a relay that is %s, in trouble by %s', async (state, trouble, expected) => {
  expect(await relayHealth({ state, trouble })).toEqual(expected);
});
