import { parseInstant, type AccountId, type LocalDate, type RecordedEvent } from '@duestream/domain';
import { accountEventTypes, publishedProblem, storedTypeOf, toPublicEvent, type PublicEventSource } from '../index';

const accountId = 'C-1001' as AccountId;
const day = '2026-03-02' as LocalDate;
const recordedAt = parseInstant('2026-03-02T09:15:00Z');
if (recordedAt === null) throw new Error('not an instant');

const recorded: RecordedEvent = {
  type: 'order.placed.v1',
  revision: 4,
  recordedAt,
  businessDate: day,
  effectiveAt: day,
  cause: { source: '/erp/emea', id: 'a1f0' },
  data: {
    company: '',
    orderId: 'SO-77',
    amount: { amount: '1250.00', currency: 'EUR' },
    orderDate: day,
    contentHash: 'f'.repeat(64),
    moves: [
      {
        category: 'orders',
        amount: '1250.00',
        currency: 'EUR',
        effectiveAt: day,
        document: { kind: 'order', company: '', number: 'SO-77' },
      },
    ],
    touched: [{ document: { kind: 'order', company: '', number: 'SO-77' }, previous: -1 }],
  },
};

const source: PublicEventSource = {
  recorded,
  envelope: {
    id: '5f0c7c1e-0000-5000-8000-000000000000',
    causation: { source: '/erp/emea', id: 'a1f0' },
    actor: { id: 'erp', via: 'http', authenticated: false },
  },
  position: '1-17',
  accountId,
};

describe('toPublicEvent', () => {
  it('gives a CloudEvent whose extension attributes are strings', () => {
    expect(toPublicEvent(source)).toEqual({
      specversion: '1.0',
      id: '5f0c7c1e-0000-5000-8000-000000000000',
      source: '/duestream',
      type: 'duestream.order.placed.v1',
      subject: 'C-1001',
      time: '2026-03-02T09:15:00.000Z',
      datacontenttype: 'application/json',
      accountrevision: '4',
      position: '1-17',
      causationid: 'a1f0',
      causationsource: '/erp/emea',
      effectiveat: '2026-03-02',
      businessdate: '2026-03-02',
      actorid: 'erp',
      actorvia: 'http',
      actorauthenticated: 'false',
      data: {
        company: '',
        orderId: 'SO-77',
        amount: { amount: '1250.00', currency: 'EUR' },
        orderDate: '2026-03-02',
        moves: 'moves' in recorded.data ? recorded.data.moves : undefined,
      },
    });
  });

  it('publishes what its schema describes', () => {
    expect(publishedProblem(toPublicEvent(source))).toBeNull();
  });

  it('leaves the stored event as it is', () => {
    const before = structuredClone(recorded);
    toPublicEvent(source);
    expect(recorded).toEqual(before);
  });

  it('takes the content hash out of a kept message too', () => {
    const waiting: RecordedEvent = {
      ...recorded,
      type: 'message.waiting.v1',
      data: {
        message: {
          type: 'dispute.opened.v1',
          source: '/erp/emea',
          id: 'b2',
          contentHash: 'f'.repeat(64),
          enforcement: 'enforce',
          data: { disputeId: 'X-1', invoiceId: 'I-1' },
        },
        waitingFor: { kind: 'invoice', company: '', number: 'I-1' },
      },
    };
    const event = toPublicEvent({ ...source, recorded: waiting });
    expect(JSON.stringify(event)).not.toContain('contentHash');
    expect(publishedProblem(event)).toBeNull();
  });

  it('is caught when it says something that no schema describes', () => {
    const event = toPublicEvent(source);
    const surprising = structuredClone(event);
    Object.assign(surprising.data, { surprise: 1 });
    expect(publishedProblem(surprising)).toMatchObject({ code: 'field.unknown', field: 'data.surprise' });
  });

  it('has types that lead back to the stored ones', () => {
    const types = accountEventTypes();
    expect(types).toContain('duestream.credit.observed.v1');
    for (const type of types) expect(`duestream.${storedTypeOf(type)}`).toBe(type);
  });
});
