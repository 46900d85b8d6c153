import type { AccountEvent, AccountId, Instant, LocalDate } from '@duestream/domain';
import { canonicalJson } from '@duestream/contracts';
import type { StoredEvent } from '../port';
import { chainHash, splitHash } from './hash-chain';
import { openEvent, UnreadableEvent } from './open';
import { eventTypes, eventVersion, isEventType } from './registry';
import { sealCommand, type CommandToSeal } from './seal';

const day = '2026-03-02' as LocalDate;

const blocked: AccountEvent = {
  type: 'account.blocked.v1',
  effectiveAt: day,
  cause: { source: '/erp/emea', id: 'a1f0' },
  data: { blockedOn: day, personal: { reason: 'said "no" – Grüße, 日本\u0000' }, contentHash: 'c1' },
};
const limit: AccountEvent = {
  type: 'limit.set.v1',
  effectiveAt: '2026-01-01' as LocalDate,
  cause: { source: '/erp/emea', id: 'earlier' },
  data: { validFrom: day, amount: { currency: 'EUR', amount: '1000.00' }, contentHash: 'c2' },
};

const command: CommandToSeal = {
  accountId: 'FV/123 日本' as AccountId,
  commandId: '0b7e8a52-6f0c-5d3c-9a55-000000000001',
  correlationId: 'trace-1',
  causation: { source: '/erp/emea', id: 'a1f0' },
  actor: { id: 'kim "k" lee', via: 'http', authenticated: false },
  recordedAt: '2026-03-02T09:15:00.000Z' as Instant,
  businessDate: day,
  firstRevision: 0,
  previousHash: null,
  events: [blocked, limit],
};

function stored(sealed = sealCommand(command), firstRevision = command.firstRevision): StoredEvent[] {
  return sealed.toAppend.map((event, index) => ({
    ...event,
    streamId: `account-${command.accountId}`,
    revision: firstRevision + index,
    position: '1-1-1',
  }));
}

describe('sealing a command', () => {
  it('gives back from the store exactly what was recorded', () => {
    const { recorded } = sealCommand(command);
    expect(stored().map((event) => openEvent(event).recorded)).toEqual(recorded);
    expect(recorded).toEqual([
      { ...blocked, revision: 0, recordedAt: command.recordedAt, businessDate: day },
      { ...limit, revision: 1, recordedAt: command.recordedAt, businessDate: day },
    ]);
  });

  it('keeps who, why and under which command', () => {
    const [first, second] = stored().map((event) => openEvent(event).envelope);
    const { commandId, correlationId, causation, actor } = command;
    expect(first).toEqual({ id: stored()[0]?.id, commandId, correlationId, causation, actor });
    expect(second).toMatchObject({ commandId, causation: { source: '/erp/emea', id: 'earlier' } });
  });

  it('writes the same bytes for the same content, whatever the order of its fields', () => {
    const turned: AccountEvent = {
      ...limit,
      data: { contentHash: 'c2', amount: { amount: '1000.00', currency: 'EUR' }, validFrom: day },
    };
    expect(sealCommand({ ...command, events: [blocked, turned] })).toMatchObject({
      toAppend: sealCommand(command).toAppend,
    });
    for (const { data } of stored()) expect(canonicalJson(JSON.parse(data))).toBe(data);
  });

  it('derives event ids from stream, command and place alone', () => {
    const ids = (changes: Partial<CommandToSeal>) =>
      sealCommand({ ...command, ...changes }).toAppend.map(({ id }) => id);
    expect(new Set(ids({})).size).toBe(2);
    expect(ids({ recordedAt: '2027-01-01T00:00:00.000Z' as Instant })).toEqual(ids({}));
    expect(ids({ events: [limit, blocked] })).toEqual(ids({}));
    expect(ids({ commandId: 'another' })).not.toEqual(ids({}));
    expect(ids({ accountId: 'another' as AccountId })).not.toEqual(ids({}));
    const timed = '019abcde-0123-7000-8000-000000000001';
    for (const id of ids({ commandId: timed })) expect(id.slice(0, 15)).toBe('019abcde-0123-5');
    expect(new Set(ids({ commandId: timed })).size).toBe(2);
    for (const id of [...ids({}), ...ids({ commandId: timed })])
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('chains the events of a stream from command to command', () => {
    const first = sealCommand(command);
    const second = sealCommand({ ...command, commandId: 'c2', firstRevision: 2, previousHash: first.lastHash });
    let previous: string | null = null;
    for (const event of [...stored(first), ...stored(second, 2)]) {
      const split = splitHash(event.metadata);
      expect(split?.hash).toBe(chainHash(previous, { ...event, metadata: split?.metadata ?? '' }));
      previous = split?.hash ?? null;
    }
    expect(previous).toBe(second.lastHash);
  });

  it('hashes as it did when the first event was written', () => {
    expect(sealCommand(command).toAppend).toMatchInlineSnapshot(`
     [
       {
         "data": "{"blockedOn":"2026-03-02","contentHash":"c1","personal":{"reason":"said \\"no\\" – Grüße, 日本\\u0000"}}",
         "id": "da78b2b8-c42b-56c9-bca5-7eebd78461f1",
         "metadata": "{"v":1,"commandId":"0b7e8a52-6f0c-5d3c-9a55-000000000001","correlationId":"trace-1","actor":{"id":"kim \\"k\\" lee","via":"http","authenticated":false},"recordedAt":"2026-03-02T09:15:00.000Z","businessDate":"2026-03-02","effectiveAt":"2026-03-02","causation":{"source":"/erp/emea","id":"a1f0"},"hash":"bb95bbf9da7cfc85aab60b440c3e1a609aab3e200c9f011fb7c04a493fbe6b07"}",
         "type": "account.blocked.v1",
       },
       {
         "data": "{"amount":{"amount":"1000.00","currency":"EUR"},"contentHash":"c2","validFrom":"2026-03-02"}",
         "id": "344ecb2b-1532-5b2a-b1ed-0be8b1146c16",
         "metadata": "{"v":1,"commandId":"0b7e8a52-6f0c-5d3c-9a55-000000000001","correlationId":"trace-1","actor":{"id":"kim \\"k\\" lee","via":"http","authenticated":false},"recordedAt":"2026-03-02T09:15:00.000Z","businessDate":"2026-03-02","effectiveAt":"2026-01-01","causation":{"source":"/erp/emea","id":"earlier"},"trigger":{"source":"/erp/emea","id":"a1f0"},"hash":"710b5c3cdbe703153a62d9b4de8b174fccb862fe582cbf7faf374aac3d5546af"}",
         "type": "limit.set.v1",
       },
     ]
    `);
  });

  it('refuses a command without events, or one that does not know what is before it', () => {
    expect(() => sealCommand({ ...command, events: [] })).toThrow(RangeError);
    expect(() => sealCommand({ ...command, firstRevision: 3 })).toThrow(RangeError);
    expect(() => sealCommand({ ...command, previousHash: 'f'.repeat(64) })).toThrow(RangeError);
  });
});

describe('opening a stored event', () => {
  const [event] = stored();
  if (event === undefined) throw new Error('no event');

  it.each([
    ['data that is no JSON', { data: '{"a":' }],
    ['data that is no object', { data: '[1]' }],
    ['metadata without a hash', { metadata: '{"v":1}' }],
    ['metadata of another shape', { metadata: event.metadata.replace('"via":"http"', '"via":7') }],
    ['an unknown type', { type: 'order.teleported.v1' }],
  ])('refuses %s and names the place', (_, damage) => {
    expect(() => openEvent({ ...event, ...damage })).toThrow(UnreadableEvent);
    expect(() => openEvent({ ...event, ...damage })).toThrow('event 0 of stream account-FV/123 日本 cannot be read');
  });
});

describe('the registry of event types', () => {
  it('has the version that each name ends in', () => {
    for (const type of eventTypes()) {
      if (!isEventType(type)) throw new Error(type);
      expect(type).toMatch(new RegExp(`^[a-z]+(-[a-z]+)*[.][a-z]+(-[a-z]+)*[.]v${eventVersion(type)}$`));
    }
  });
});
