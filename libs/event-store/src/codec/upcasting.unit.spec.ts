import type { StoredEvent } from '../port';
import oldLimit from './fixtures/limit.set.v0.json';
import { chainHash, withHash } from './hash-chain';
import { openEvent } from './open';
import { upcasting, type Upcaster } from './upcasting';

/** What an upcaster looks like: whole euros and a note became money, a validity, and text that can be sealed. */
const limitSetFromV0: Upcaster = {
  from: 'limit.set.v0',
  to: 'limit.set.v1',
  upcast: ({ limit, currency, from, note, ...rest }) => ({
    ...rest,
    amount: { amount: `${String(limit)}.00`, currency },
    validFrom: from,
    personal: { reason: note },
  }),
};

function stored(type: string, data: unknown): StoredEvent {
  const metadata =
    '{"v":1,"commandId":"c","actor":{"id":"kim","via":"http","authenticated":true},' +
    '"recordedAt":"2024-01-01T08:00:00.000Z","businessDate":"2024-01-01","effectiveAt":"2024-01-01",' +
    '"causation":{"source":"/erp","id":"m1"}}';
  const event = {
    streamId: 'account-C-1',
    revision: 0,
    id: '8f14e45f-ceea-567a-9f0e-2c1d3b4a5968',
    type,
    data: JSON.stringify(data),
    metadata,
  };
  return { ...event, position: '1-1-1', metadata: withHash(metadata, chainHash(null, event)) };
}

describe('upcasting', () => {
  it('reads an event of a former version as if it had been written today', () => {
    const { recorded } = openEvent(stored(oldLimit.type, oldLimit.data), upcasting([limitSetFromV0]));
    expect(recorded).toEqual({
      type: 'limit.set.v1',
      data: {
        amount: { amount: '25000.00', currency: 'EUR' },
        validFrom: '2024-01-01',
        personal: { reason: 'annual review' },
        contentHash: '5d1c',
      },
      effectiveAt: '2024-01-01',
      cause: { source: '/erp', id: 'm1' },
      revision: 0,
      recordedAt: '2024-01-01T08:00:00.000Z',
      businessDate: '2024-01-01',
    });
  });

  it('goes through every version between', () => {
    const step = (from: string, to: string): Upcaster => ({ from, to, upcast: (data) => ({ ...data, [from]: to }) });
    const upcast = upcasting([step('limit.b', 'limit.set.v1'), step('limit.a', 'limit.b')]);
    expect(upcast({ type: 'limit.a', data: { kept: 1 } })).toEqual({
      type: 'limit.set.v1',
      data: { kept: 1, 'limit.a': 'limit.b', 'limit.b': 'limit.set.v1' },
    });
  });

  it('leaves events in force as they are', () => {
    const event = { type: 'limit.set.v1', data: { amount: null } };
    expect(upcasting([limitSetFromV0])(event)).toBe(event);
  });

  it('refuses steps that cannot be right', () => {
    const step = (from: string, to: string): Upcaster => ({ from, to, upcast: (data) => data });
    expect(() => upcasting([step('a', 'limit.set.v1'), step('a', 'limit.set.v1')])).toThrow('two upcasters from a');
    expect(() => upcasting([step('limit.set.v1', 'order.placed.v1')])).toThrow('which is in force');
    expect(() => upcasting([step('a', 'b')])).toThrow('from a end in b');
    expect(() => upcasting([step('a', 'b'), step('b', 'a')])).toThrow('from a end in');
  });
});
