import { DatabaseError } from 'pg';
import { OutcomeUnknown, Unavailable, type AppendResult } from '../port';
import { RefusedWrites } from './refused-writes';

const refused = (code: string): AppendResult => {
  const cause = Object.assign(new DatabaseError('could not extend file: No space left on device', 0, 'error'), {
    code,
  });
  return { ok: false, error: new Unavailable('the event store refused', { cause }) };
};
const written: AppendResult = { ok: true, lastRevision: 0, position: '1' };
const REASON = 'the database refuses writes: could not extend file: No space left on device (53100)';

test('says why the database refused the latest write, until it takes one or some time has passed', () => {
  let now = 0;
  const writes = new RefusedWrites(() => now);
  expect(writes.reason).toBeNull();
  writes.saw([refused('53100')]);
  expect(writes.reason).toBe(REASON);
  writes.saw([written]);
  expect(writes.reason).toBeNull();
  writes.saw([refused('53100')]);
  now = 10_000;
  expect(writes.reason).toBeNull();
});

test('says nothing of one write that was cancelled, or of a connection that was lost', () => {
  const writes = new RefusedWrites();
  writes.saw([refused('57014')]);
  writes.saw([{ ok: false, error: new OutcomeUnknown('no answer') }]);
  expect(writes.reason).toBeNull();
});

test('a write that goes through beside a refused one does not hide it', () => {
  const writes = new RefusedWrites();
  writes.saw([written, refused('53100')]);
  expect(writes.reason).toBe(REASON);
});
