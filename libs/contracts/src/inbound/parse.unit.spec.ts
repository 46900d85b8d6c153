import { inboundTypes, parseCommandData, parseInbound, type ParsedMessage, type Problem } from '../index';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

const order = {
  orderId: 'SO-77',
  amount: eur('1250.00'),
  orderDate: '2026-03-02',
  shipBy: '2026-03-09',
  terms: 'NET30',
};
const invoice = { invoiceId: 'FV/123/05', amount: eur('100.00'), issuedOn: '2026-03-02' };

const valid: Readonly<Record<string, object>> = {
  'account.opened.v1': {
    name: 'Müller & Söhne',
    currency: 'EUR',
    country: 'DE',
    terms: 'EOM+10',
    attributes: { vat: 'DE1' },
  },
  'account.changed.v1': { segment: 'retail' },
  'account.blocked.v1': { reason: 'insolvent', blockedOn: '2026-03-02' },
  'account.unblocked.v1': { reason: 'paid' },
  'limit.set.v1': { amount: null, validFrom: '2026-01-01', validTo: '2026-01-01' },
  'order.placed.v1': { ...order, company: 'DE01', lines: [{ sku: 'a', quantity: 2 }], enforcement: 'observe' },
  'order.changed.v1': { orderId: 'SO-77', amount: eur('1') },
  'order.cancelled.v1': { orderId: 'SO-77' },
  'order.closed.v1': { orderId: 'SO-77', closedOn: '2026-03-02' },
  'order.shipped.v1': { shipmentId: 'D-1', orderId: 'SO-77', amount: eur('10.5'), shippedOn: '2026-03-02' },
  'shipment.cancelled.v1': { shipmentId: 'D-1', cancelledOn: '2026-03-02' },
  'invoice.issued.v1': {
    ...invoice,
    orderId: 'SO-77',
    shipmentId: 'D-1',
    final: true,
    instalments: [
      { number: 1, dueOn: '2026-04-01', amount: eur('30') },
      { number: 2, dueOn: '2026-05-01', amount: eur('70.00') },
    ],
  },
  'credit-note.issued.v1': { creditNoteId: 'CN-1', amount: eur('5'), issuedOn: '2026-03-02', reason: 'broken' },
  'payment.received.v1': {
    paymentId: 'P-1',
    amount: eur('95.00'),
    receivedOn: '2026-03-20',
    remittance: [{ invoiceId: 'FV/123/05', invoiceCompany: 'DE01', amount: eur('95.00'), instalment: 1 }],
    reference: 'RF18 5390',
    payer: 'Müller',
  },
  'payment.reversed.v1': { paymentId: 'P-1', reversedOn: '2026-03-22', reason: 'bounced' },
  'payment.refunded.v1': { refundId: 'R-1', paymentId: 'P-1', amount: eur('1'), refundedOn: '2026-03-22' },
  'cash.applied.v1': {
    applicationId: 'A-1',
    creditNoteId: 'CN-1',
    invoiceId: 'FV/123/05',
    amount: eur('5'),
    appliedOn: '2026-03-20',
  },
  'cash.unapplied.v1': { applicationId: 'A-1', unappliedOn: '2026-03-21' },
  'dispute.opened.v1': { disputeId: 'X-1', invoiceId: 'FV/123/05', reason: 'short delivery', openedOn: '2026-03-20' },
  'dispute.resolved.v1': { disputeId: 'X-1', outcome: 'invalid', resolvedOn: '2026-03-25' },
  'invoice.written-off.v1': {
    writeOffId: 'W-1',
    invoiceId: 'FV/123/05',
    reason: 'bad debt',
    writtenOffOn: '2026-06-01',
  },
};

describe('parseInbound', () => {
  it('knows an example of every inbound type', () => {
    expect(Object.keys(valid)).toEqual(inboundTypes);
  });

  it.each(Object.entries(valid))('accepts %s', (type, data) => {
    const parsed = parse({ type, data });
    expect(parsed).toMatchObject({ ok: true, message: { type, accountId: 'C-1001', source: '/erp/emea', id: 'a1f0' } });
  });

  it.each(Object.entries(valid))(
    'refuses a field that %s does not know, and names those that it does',
    (type, data) => {
      const problem = problemOf({ type, data: { ...data, surprise: 1 } });
      expect(problem).toMatchObject({ code: 'field.unknown', field: 'data.surprise', value: '1' });
      expect(problem.expected).toContain(Object.keys(data)[0]);
    },
  );

  it('reads the time to the millisecond in UTC', () => {
    expect(parse({ time: '2026-03-02T09:15:00.1239+02:00' })).toMatchObject({
      ok: true,
      message: { time: '2026-03-02T07:15:00.123Z' },
    });
  });

  it('takes the enforcement of the order before that of the request, and keeps it out of the content', () => {
    const plain = accepted(parse({ data: order }));
    const observed = accepted(parse({ data: { ...order, enforcement: 'observe' } }));
    expect([plain.enforcement, observed.enforcement]).toEqual(['enforce', 'observe']);
    expect(observed.message).toEqual(plain.message);
  });

  it('gives the same hash for the same data in another order of keys, and another for other data', () => {
    const { orderId, ...rest } = order;
    const first = accepted(parse({ data: order })).message.contentHash;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(accepted(parse({ data: { ...rest, orderId } })).message.contentHash).toBe(first);
    expect(accepted(parse({ data: { ...order, amount: eur('1250') } })).message.contentHash).not.toBe(first);
  });

  it('allows and ignores extension attributes', () => {
    expect(
      parse({ traceparent: '00-ab', sampled: true, retry: 3, dataschema: null, datacontenttype: 'application/json' })
        .ok,
    ).toBe(true);
  });
});

describe('what parseInbound refuses of the envelope', () => {
  it.each([
    ['a number', 7],
    ['null', null],
    ['nothing', undefined],
    ['a list', [order]],
    ['a text', '{}'],
  ])('%s instead of an object', (_, value) => {
    expect(parseInbound(value, { enforcement: 'enforce' })).toMatchObject({
      ok: false,
      problem: { code: 'message.not-an-object' },
      id: null,
    });
  });

  it.each(['specversion', 'id', 'source', 'type', 'subject', 'data'])('a message without %s', (attribute) => {
    expect(problemOf({ [attribute]: undefined })).toMatchObject({
      code: 'field.missing',
      field: attribute,
      value: null,
    });
  });

  it.each([
    [{ specversion: '0.3' }, 'field.invalid', 'specversion'],
    [{ type: 'order.eaten.v1' }, 'message.unknown-type', 'type'],
    [{ type: '__proto__' }, 'message.unknown-type', 'type'],
    [{ type: 'constructor' }, 'message.unknown-type', 'type'],
    [{ type: 'order.release' }, 'message.unknown-type', 'type'],
    [{ type: 7 }, 'field.invalid', 'type'],
    [{ id: '' }, 'field.wrong-size', 'id'],
    [{ source: 'a b' }, 'field.invalid', 'source'],
    [{ subject: ' C-1' }, 'field.invalid', 'subject'],
    [{ time: 'yesterday' }, 'instant.invalid', 'time'],
    [{ time: '2026-02-30T00:00:00Z' }, 'instant.invalid', 'time'],
    [{ datacontenttype: 'text/xml' }, 'field.invalid', 'datacontenttype'],
    [{ data: [] }, 'field.wrong-type', 'data'],
    [{ data: null }, 'field.wrong-type', 'data'],
    [{ data_base64: 'e30=' }, 'field.unknown', 'data_base64'],
    [{ traceParent: 'x' }, 'field.unknown', 'traceParent'],
    [{ extension: { deep: true } }, 'field.wrong-type', 'extension'],
  ])('%j as %s at %s', (change, code, field) => {
    expect(problemOf(change)).toMatchObject({ code, field });
  });

  it('and still names the id, so that the answer can be matched', () => {
    expect(parse({ type: 'order.eaten.v1' })).toMatchObject({ ok: false, id: 'a1f0' });
    expect(parse({ id: 7 })).toMatchObject({ ok: false, id: null });
    expect(parse({ id: 'x'.repeat(100_000) })).toMatchObject({ ok: false, id: null });
  });
});

describe('ids', () => {
  it.each([
    ['FV/123/05'],
    ['x'.repeat(128)],
    ['😀'.repeat(128)],
    ['0'],
    ['__proto__'],
    ['ＡＢＣ'],
    ['a b'],
    ['Zürich'.normalize('NFC')],
  ])('accept %s', (orderId) => {
    expect(parse({ data: { ...order, orderId } }).ok).toBe(true);
  });

  it.each([
    ['', 'field.wrong-size'],
    ['x'.repeat(129), 'field.wrong-size'],
    ['😀'.repeat(129), 'field.wrong-size'],
    [' a', 'field.invalid'],
    ['a ', 'field.invalid'],
    ['a\u00a0', 'field.invalid'],
    ['a\u0000b', 'field.invalid'],
    ['a\nb', 'field.invalid'],
    ['a\u0085b', 'field.invalid'],
    ['a\ud800b', 'field.invalid'],
    ['Zu\u0308rich', 'id.not-nfc'],
    [7, 'field.wrong-type'],
    [null, 'field.wrong-type'],
  ])('refuse %j as %s', (orderId, code) => {
    expect(problemOf({ data: { ...order, orderId } })).toMatchObject({ code, field: 'data.orderId' });
  });

  it('say NFC when it is that', () => {
    expect(problemOf({ data: { ...order, orderId: 'Zu\u0308rich' } }).detail).toMatch(/NFC/);
  });
});

describe('amounts', () => {
  it.each([
    ['0.01', 'EUR'],
    ['999999999999999999.99', 'EUR'],
    ['1', 'JPY'],
    ['1.234', 'BHD'],
    ['1.2345', 'CLF'],
    ['100.0', 'EUR'],
  ])('accept %s %s', (amount, currency) => {
    expect(parse({ data: { ...order, amount: { amount, currency } } }).ok).toBe(true);
  });

  it.each([
    ['0', 'EUR', 'amount.not-positive', 'amount.amount'],
    ['0.00', 'EUR', 'amount.not-positive', 'amount.amount'],
    ['-1', 'EUR', 'field.invalid', 'amount.amount'],
    ['1.234', 'EUR', 'amount.too-many-decimals', 'amount.amount'],
    ['1.0', 'JPY', 'amount.too-many-decimals', 'amount.amount'],
    ['1.2345', 'BHD', 'amount.too-many-decimals', 'amount.amount'],
    ['1000000000000000000', 'EUR', 'field.invalid', 'amount.amount'],
    ['1e3', 'EUR', 'field.invalid', 'amount.amount'],
    ['1,50', 'EUR', 'field.invalid', 'amount.amount'],
    ['', 'EUR', 'field.invalid', 'amount.amount'],
    ['.5', 'EUR', 'field.invalid', 'amount.amount'],
    ['5.', 'EUR', 'field.invalid', 'amount.amount'],
    ['１２', 'EUR', 'field.invalid', 'amount.amount'],
    [12.34, 'EUR', 'field.wrong-type', 'amount.amount'],
    ['1', 'XYZ', 'currency.unknown', 'amount.currency'],
    ['1', 'eur', 'field.invalid', 'amount.currency'],
    ['1', 'XAU', 'currency.unknown', 'amount.currency'],
  ])('refuse %j %s as %s', (amount, currency, code, field) => {
    expect(problemOf({ data: { ...order, amount: { amount, currency } } })).toMatchObject({
      code,
      field: `data.${field}`,
    });
  });

  it('name the field, the value and what would be right', () => {
    expect(problemOf({ data: { ...order, amount: eur('12.345') } })).toEqual({
      code: 'amount.too-many-decimals',
      field: 'data.amount.amount',
      value: '"12.345"',
      expected: 'at most 2 decimals: EUR has no more',
      detail: 'data.amount.amount is "12.345"; expected at most 2 decimals: EUR has no more',
    });
  });

  it('a limit may be 0 or null but not below', () => {
    const limit = (amount: unknown) => parse({ type: 'limit.set.v1', data: { amount } });
    expect([limit(null).ok, limit(eur('0')).ok, limit(eur('-1')).ok, limit(eur('1.001')).ok]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('dates and terms', () => {
  it.each(['0001-01-01', '9999-12-31', '2024-02-29', '2000-02-29'])('accept %s', (orderDate) => {
    expect(parse({ data: { ...order, orderDate } }).ok).toBe(true);
  });

  it.each([
    '0000-01-01',
    '2023-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-04-31',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    '',
  ])('refuse %s', (orderDate) => {
    expect(problemOf({ data: { ...order, orderDate } })).toMatchObject({
      code: 'date.invalid',
      field: 'data.orderDate',
    });
  });

  it.each(['NET', 'NET1000', 'EOM+', 'net30', '30 days', ''])('refuse the terms %j', (terms) => {
    expect(problemOf({ data: { ...order, terms } })).toMatchObject({ code: 'field.invalid', field: 'data.terms' });
  });

  it('a limit ends on or after its first day', () => {
    const data = { amount: null, validFrom: '2026-02-01', validTo: '2026-01-31' };
    expect(problemOf({ type: 'limit.set.v1', data })).toMatchObject({ code: 'limit.period', field: 'data.validTo' });
  });
});

describe('rules across fields', () => {
  const parts = (...amounts: string[]) =>
    amounts.map((amount, index) => ({ number: index + 1, dueOn: '2026-04-01', amount: eur(amount) }));
  const withParts = (instalments: unknown) => ({ type: 'invoice.issued.v1', data: { ...invoice, instalments } });

  it('instalments add up to the invoice', () => {
    expect(parse(withParts(parts('30', '70.00'))).ok).toBe(true);
    expect(problemOf(withParts(parts('30', '69.99')))).toMatchObject({
      code: 'instalments.sum',
      field: 'data.instalments',
    });
  });

  it('instalments have numbers of their own and the currency of the invoice', () => {
    const [first] = parts('50');
    expect(problemOf(withParts([first, first]))).toMatchObject({
      code: 'instalments.number-repeated',
      field: 'data.instalments[1].number',
    });
    const dollars = { ...first, amount: { amount: '100', currency: 'USD' } };
    expect(problemOf(withParts([dollars]))).toMatchObject({
      code: 'instalments.currency',
      field: 'data.instalments[0].amount.currency',
    });
    expect(problemOf(withParts([{ ...first, number: 0 }]))).toMatchObject({ field: 'data.instalments[0].number' });
    expect(problemOf(withParts([{ ...first, number: 1.5 }]))).toMatchObject({ field: 'data.instalments[0].number' });
    expect(problemOf(withParts([]))).toMatchObject({ code: 'field.wrong-size', field: 'data.instalments' });
  });

  it('an invoice that names a shipment names its order', () => {
    const data = { ...invoice, shipmentId: 'D-1' };
    expect(problemOf({ type: 'invoice.issued.v1', data })).toMatchObject({
      code: 'field.missing',
      field: 'data.orderId',
    });
  });

  it.each([
    ['neither', {}],
    ['both', { paymentId: 'P-1', creditNoteId: 'CN-1' }],
  ])('cash comes from a payment or a credit note, not from %s', (_, from) => {
    const data = { applicationId: 'A-1', invoiceId: 'I-1', amount: eur('1'), ...from };
    expect(problemOf({ type: 'cash.applied.v1', data })).toMatchObject({
      code: 'field.either-or',
      field: 'data',
      expected: 'exactly one of paymentId and creditNoteId',
    });
  });

  it('a change of an account changes something', () => {
    expect(problemOf({ type: 'account.changed.v1', data: {} })).toMatchObject({
      code: 'field.wrong-size',
      field: 'data',
    });
  });
});

describe('what a stranger may send', () => {
  it('a thousand remittance lines, not one more', () => {
    const data = (lines: number) => ({
      ...valid['payment.received.v1'],
      remittance: Array(lines).fill({ invoiceId: 'I-1' }),
    });
    expect(parse({ type: 'payment.received.v1', data: data(1000) }).ok).toBe(true);
    expect(problemOf({ type: 'payment.received.v1', data: data(1001) })).toMatchObject({
      code: 'field.wrong-size',
      field: 'data.remittance',
      value: 'a list of 1001',
    });
  });

  it('__proto__ as a key changes nothing but is refused where fields are named', () => {
    const text = JSON.stringify(message({ data: order })).replace(
      '"orderId"',
      '"__proto__":{"polluted":true},"orderId"',
    );
    expect(refused(parseText(text))).toMatchObject({ code: 'field.unknown', field: 'data.__proto__' });
    const attributes = '{"name":"A","currency":"EUR","attributes":{"__proto__":"x"}}';
    const account = JSON.stringify(message({ type: 'account.opened.v1', data: 0 })).replace(
      '"data":0',
      `"data":${attributes}`,
    );
    expect(refused(parseText(account)).field).toBe('data.attributes.__proto__');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('of a key twice in the text the last one is left to see; the doors that read texts refuse it before', () => {
    const text = JSON.stringify(message({ data: order })).replace('"orderId"', '"orderId":"first","orderId"');
    expect(accepted(parseText(text)).message.data).toEqual(order);
  });

  it('JSON that is very deep is refused without a crash, wherever it stands', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(problemOf({ data: { ...order, lines: [{ deep }] } })).toMatchObject({
      code: 'message.too-deep',
      field: 'data.lines',
    });
    expect(problemOf({ data: { ...order, orderId: deep } })).toMatchObject({
      code: 'field.wrong-type',
      field: 'data.orderId',
    });
    expect(problemOf({ data: deep })).toMatchObject({ code: 'field.wrong-type', field: 'data' });
    expect(problemOf({ extension: deep })).toMatchObject({ code: 'field.wrong-type', field: 'extension' });
  });

  it('data that is too large is refused', () => {
    const lines = Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(300) }));
    expect(problemOf({ data: { ...order, lines } })).toMatchObject({ code: 'message.too-large', field: 'data' });
  });

  it('a long value is shortened in the problem', () => {
    const { value } = problemOf({ data: { ...order, orderId: '😀'.repeat(5000) } });
    expect([...(value ?? '')].length).toBeLessThan(80);
  });
});

describe('parseCommandData', () => {
  it('names fields from the data itself', () => {
    const parsed = parseCommandData('order.placed.v1', { ...order, amount: eur('0') });
    expect(parsed).toMatchObject({ ok: false, problem: { field: 'amount.amount' } });
  });

  it('serves the commands of staff too', () => {
    expect(parseCommandData('account.put', { name: 'A' }).ok).toBe(true);
    expect(parseCommandData('order.release', { orderId: 'SO-1', reason: 'good customer', amount: eur('10') }).ok).toBe(
      true,
    );
    expect(parseCommandData('order.reject', { orderId: 'SO-1' })).toMatchObject({
      ok: false,
      problem: { field: 'reason' },
    });
    expect(parseCommandData('order.reject', { orderId: 'SO-1', reason: ' ' })).toMatchObject({
      ok: false,
      problem: { field: 'reason' },
    });
  });

  it('hashes like the message of that name', () => {
    const byMessage = accepted(parse({ data: order })).message.contentHash;
    expect(parseCommandData('order.placed.v1', order)).toMatchObject({ ok: true, content: { contentHash: byMessage } });
  });
});

function message(change: object): object {
  return {
    specversion: '1.0',
    id: 'a1f0',
    source: '/erp/emea',
    type: 'order.placed.v1',
    subject: 'C-1001',
    time: '2026-03-02T09:15:00Z',
    data: order,
    ...change,
  };
}

/** Goes through JSON, as every message does. */
function parse(change: object): ParsedMessage {
  const whole = message(change);
  return parseInbound(Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)), {
    enforcement: 'enforce',
  });
}

function parseText(text: string): ParsedMessage {
  return parseInbound(JSON.parse(text), { enforcement: 'enforce' });
}

function problemOf(change: object): Problem {
  return refused(parse(change));
}

function refused(parsed: ParsedMessage): Problem {
  if (parsed.ok) throw new Error('accepted');
  return parsed.problem;
}

function accepted(parsed: ParsedMessage): Extract<ParsedMessage, { ok: true }> {
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed;
}
