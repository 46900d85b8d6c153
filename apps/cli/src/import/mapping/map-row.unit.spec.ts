import type { MessageType } from '@duestream/domain';
import { mapRow, type Row } from './map-row';
import type { Mapping, Template } from './mapping';
import { compareMessages } from './message-order';

const mapping: Mapping = {
  source: '/import/test',
  account: 'C-{customer}',
  columns: {
    customer: { from: 'Customer' },
    number: { from: 'Number' },
    day: { from: 'Day', as: 'date', format: 'd.m.yyyy' },
    amount: { from: 'Amount', as: 'amount' },
    instalment: { from: 'Part', as: 'integer' },
    disputed: { from: 'Disputed' },
  },
  openAccount: { name: 'Customer {customer}', currency: 'EUR' },
  messages: [
    {
      type: 'payment.received.v1',
      data: {
        paymentId: 'P-{number}',
        amount: { amount: '{amount}', currency: 'EUR' },
        receivedOn: '{day}',
        remittance: [{ invoiceId: '{number}', instalment: '{instalment}' }],
      },
    },
    {
      type: 'dispute.opened.v1',
      when: { disputed: ['Yes', 'yes'] },
      data: { disputeId: '{number}', invoiceId: '{number}', reason: 'disputed', openedOn: '{day}' },
    },
  ],
};

function row(change: Readonly<Record<string, string>> = {}): Row {
  return new Map(
    Object.entries({
      Customer: '7',
      Number: 'A1',
      Day: '1.2.2026',
      Amount: '10.50',
      Part: '2',
      Disputed: 'No',
      ...change,
    }),
  );
}

function mapped(change: Readonly<Record<string, string>> = {}) {
  const result = mapRow(row(change), mapping);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

describe('mapRow', () => {
  it('fills the templates of the message, a column alone with its own type', () => {
    const [payment] = mapped().messages;
    expect(JSON.parse(payment?.text ?? '')).toEqual({
      specversion: '1.0',
      id: 'payment.received P-A1',
      source: '/import/test',
      type: 'payment.received.v1',
      subject: 'C-7',
      data: {
        paymentId: 'P-A1',
        amount: { amount: '10.5', currency: 'EUR' },
        receivedOn: '2026-02-01',
        remittance: [{ invoiceId: 'A1', instalment: 2 }],
      },
    });
  });

  it('leaves a member out whose column is empty', () => {
    expect(mapped({ Part: '' }).messages[0]?.text).toContain('"remittance":[{"invoiceId":"A1"}]');
  });

  it('gives a message only where its condition holds', () => {
    const typesFor = (disputed: string) => mapped({ Disputed: disputed }).messages.map(({ type }) => type);
    expect(typesFor('No')).toEqual(['payment.received.v1']);
    expect(typesFor('')).toEqual(['payment.received.v1']);
    expect(typesFor('Yes')).toEqual(['payment.received.v1', 'dispute.opened.v1']);
  });

  it('opens the account with data of the row', () => {
    expect(JSON.parse(mapped().opener?.text ?? '')).toMatchObject({
      subject: 'C-7',
      data: { name: 'Customer 7', currency: 'EUR' },
    });
  });

  it('gives the same id for the same document, and a short one for a long number', () => {
    const long = { Number: 'x'.repeat(120) };
    expect(mapped().messages[0]?.id).toBe(mapped().messages[0]?.id);
    expect(mapped(long).messages[0]?.id).toMatch(/^payment\.received\.v1 [0-9a-f]{64}$/);
  });

  describe('a message without a number of its own', () => {
    const changing = (type: MessageType, data: Template, id?: string): Mapping => ({
      ...mapping,
      messages: [{ type, data, ...(id === undefined ? {} : { id }) }],
    });
    const idsOf = (rule: Mapping, ...changes: readonly Readonly<Record<string, string>>[]) =>
      changes.map((change) => {
        const result = mapRow(row(change), rule);
        return result.ok ? result.messages[0]?.id : result.reason;
      });
    const amount = { amount: '{amount}', currency: 'EUR' };

    it.each([
      ['limit.set.v1', { amount, validFrom: '{day}' }, /^limit\.set C-7 [0-9a-f]{16}$/],
      ['order.changed.v1', { orderId: '{number}', amount }, /^order\.changed A1 [0-9a-f]{16}$/],
      ['account.changed.v1', { name: 'Customer {amount}' }, /^account\.changed C-7 [0-9a-f]{16}$/],
      ['account.blocked.v1', { reason: '{amount}', blockedOn: '{day}' }, /^account\.blocked C-7 [0-9a-f]{16}$/],
      ['account.unblocked.v1', { reason: '{amount}', unblockedOn: '{day}' }, /^account\.unblocked C-7 [0-9a-f]{16}$/],
    ] as const)('is known by what it says: %s', (type, data, form) => {
      const [first, again, other] = idsOf(changing(type, data), {}, {}, { Amount: '11' });
      expect(first).toMatch(form);
      expect(again).toBe(first);
      expect(other).toMatch(form);
      expect(other).not.toBe(first);
    });

    it('keeps an id that the mapping gives', () => {
      expect(
        idsOf(changing('limit.set.v1', { amount, validFrom: '{day}' }, 'L-{number}'), {}, { Amount: '11' }),
      ).toEqual(['L-A1', 'L-A1']);
    });

    it('stays in the order of the file on one day, whatever happens to the account', () => {
      const data = { reason: 'late' };
      const rules = [
        changing('account.blocked.v1', { ...data, blockedOn: '{day}' }),
        changing('account.unblocked.v1', { ...data, unblockedOn: '{day}' }),
        changing('account.blocked.v1', { reason: 'again', blockedOn: '{day}' }),
      ];
      const messages = rules
        .flatMap((rule) => mapRow(row(), rule))
        .flatMap((result) => (result.ok ? result.messages : []));
      expect(messages).toHaveLength(3);
      expect(messages.toSorted(compareMessages)).toEqual(messages);
    });

    it('stays in the order of the file on one day', () => {
      const rule = changing('order.changed.v1', { orderId: '{number}', amount, changedOn: '{day}' });
      const messages = Array.from({ length: 20 }, (_, n) => mapRow(row({ Amount: `${n + 1}` }), rule)).flatMap(
        (result) => (result.ok ? result.messages : []),
      );
      expect(messages.toSorted(compareMessages)).toEqual(messages);
    });
  });

  it.each([
    [{ Day: '31.2.2026' }, 'Day is "31.2.2026"; expected a date d.m.yyyy'],
    [{ Amount: '0' }, 'payment.received.v1: data.amount.amount is "0"; expected an amount greater than 0'],
    [
      { Amount: '10.555' },
      'payment.received.v1: data.amount.amount is "10.555"; expected at most 2 decimals: EUR has no more',
    ],
    [{ Amount: '' }, 'payment.received.v1: data.amount.amount is missing'],
    [{ Customer: '' }, 'the row names no account (C-{customer})'],
  ])('refuses the whole row of %j', (change, reason) => {
    const result = mapRow(row(change), mapping);
    expect(result.ok ? '' : result.reason).toContain(reason);
  });
});

describe('compareMessages', () => {
  it('goes by day; on one day accounts, disputes resolved, money in, orders, shipments, invoices, disputes opened; then by document', () => {
    const message = (type: Parameters<typeof compareMessages>[0]['type'], date: string, id: string) => {
      const [base] = mapped({ Day: date }).messages;
      if (base === undefined) throw new Error('no message');
      return { ...base, type, id, sortedBy: id };
    };
    const sorted = [
      message('account.opened.v1', '1.2.2026', 'c'),
      message('dispute.resolved.v1', '1.2.2026', 'b'),
      message('payment.received.v1', '1.2.2026', 'b'),
      message('order.placed.v1', '1.2.2026', 'a'),
      message('order.placed.v1', '1.2.2026', 'b'),
      message('order.shipped.v1', '1.2.2026', 'a'),
      message('invoice.issued.v1', '1.2.2026', 'a'),
      message('dispute.opened.v1', '1.2.2026', 'a'),
      message('payment.received.v1', '2.2.2026', 'a'),
    ];
    expect(sorted.toReversed().sort(compareMessages)).toEqual(sorted);
  });
});
