import type { Operation } from './description';
import type { JsonObject } from './json';

/** A request in parts, before it is put on the wire. */
export interface Draft {
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body; of a message its envelope. Undefined: none. */
  readonly json: unknown;
}

const ACCOUNT = 'F-1';
const HELD_ACCOUNT = 'F-2';
const BLOCKED_ACCOUNT = 'F-3';
/** Its payments settle whatever is open, so nothing else builds upon it. */
const PAYING_ACCOUNT = 'F-4';
export const ACCOUNTS: readonly string[] = [ACCOUNT, HELD_ACCOUNT, BLOCKED_ACCOUNT, PAYING_ACCOUNT];

const DAY = '2026-03-02';
const LATER = '2026-04-01';
const eur = (amount: string): JsonObject => ({ amount, currency: 'EUR' });

/** What all requests build upon: accounts, and a document for each operation that needs one. */
export function foundation(): readonly JsonObject[] {
  const open = (subject: string): JsonObject =>
    envelope('account.opened.v1', subject, { name: 'Ada', currency: 'EUR' });
  const limit = (subject: string, amount: string): JsonObject =>
    envelope('limit.set.v1', subject, { amount: eur(amount), validFrom: '2020-01-01' });
  const order = (orderId: string, subject = ACCOUNT): JsonObject =>
    envelope('order.placed.v1', subject, { orderId, company: 'A', amount: eur('500.00'), orderDate: DAY });
  const payment = (paymentId: string): JsonObject =>
    envelope('payment.received.v1', ACCOUNT, { paymentId, company: 'A', amount: eur('900.00'), receivedOn: DAY });
  const invoice = (invoiceId: string, subject = ACCOUNT): JsonObject =>
    envelope('invoice.issued.v1', subject, {
      invoiceId,
      company: 'A',
      amount: eur('90000.00'),
      issuedOn: DAY,
      instalments: [
        { number: 1, dueOn: LATER, amount: eur('80000.00') },
        { number: 2, dueOn: '2026-05-01', amount: eur('10000.00') },
      ],
    });
  const ship = (shipmentId: string, orderId: string): JsonObject =>
    envelope('order.shipped.v1', ACCOUNT, { shipmentId, orderId, company: 'A', amount: eur('5.00'), shippedOn: DAY });
  return [
    ...ACCOUNTS.map(open),
    limit(ACCOUNT, '900000000.00'),
    limit(HELD_ACCOUNT, '1.00'),
    ...['SO-1', 'SO-change', 'SO-cancel', 'SO-close', 'SO-ship', 'SO-invoice'].map((orderId) => order(orderId)),
    ...['SO-release', 'SO-reject'].map((orderId) => order(orderId, HELD_ACCOUNT)),
    ship('D-invoice', 'SO-invoice'),
    ship('D-cancel', 'SO-ship'),
    ...['P-1', 'P-reverse', 'P-refund', 'P-apply'].map(payment),
    ...['I-1', 'I-credit', 'I-apply', 'I-dispute', 'I-write-off'].map((invoiceId) => invoice(invoiceId)),
    invoice('I-pay', PAYING_ACCOUNT),
    envelope('cash.applied.v1', ACCOUNT, {
      applicationId: 'A-unapply',
      company: 'A',
      paymentId: 'P-apply',
      invoiceId: 'I-1',
      amount: eur('1.00'),
      appliedOn: DAY,
    }),
    envelope('dispute.opened.v1', ACCOUNT, {
      disputeId: 'X-resolve',
      company: 'A',
      invoiceId: 'I-1',
      amount: eur('1.00'),
      reason: 'x',
      openedOn: DAY,
    }),
  ];
}

/** Data that each message type accepts, every optional field in it; `n` makes new numbers. */
const DATA: Readonly<Record<string, (n: number) => JsonObject>> = {
  'account.opened.v1': accountFields,
  'account.changed.v1': accountFields,
  'account.put': accountFields,
  'account.blocked.v1': (n) => ({ reason: `risk ${n}`, blockedOn: DAY }),
  'account.unblocked.v1': (n) => ({ reason: `settled ${n}`, unblockedOn: DAY }),
  'limit.set.v1': (n) => ({ amount: eur('900000000.00'), validFrom: DAY, validTo: LATER, reason: `review ${n}` }),
  'order.placed.v1': (n) => ({
    company: 'A',
    orderId: `SO-new-${n}`,
    amount: eur('1.00'),
    orderDate: DAY,
    shipBy: LATER,
    terms: 'NET30',
    lines: [{ sku: 'X', quantity: 2, price: { net: '0.50' } }],
    enforcement: 'enforce',
  }),
  'order.changed.v1': (n) => ({
    company: 'A',
    orderId: 'SO-change',
    amount: eur(`${500 + (n % 7)}.00`),
    shipBy: LATER,
    terms: 'NET30',
    changedOn: DAY,
    enforcement: 'enforce',
  }),
  'order.cancelled.v1': () => ({ company: 'A', orderId: 'SO-cancel', reason: 'x', cancelledOn: DAY }),
  'order.closed.v1': () => ({ company: 'A', orderId: 'SO-close', reason: 'x', closedOn: DAY }),
  'order.shipped.v1': (n) => ({
    company: 'A',
    shipmentId: `D-new-${n}`,
    orderId: 'SO-ship',
    amount: eur('0.01'),
    shippedOn: DAY,
  }),
  'shipment.cancelled.v1': () => ({ company: 'A', shipmentId: 'D-cancel', cancelledOn: DAY }),
  'invoice.issued.v1': (n) => ({
    company: 'A',
    invoiceId: `I-new-${n}`,
    amount: eur('1.00'),
    issuedOn: DAY,
    dueOn: LATER,
    terms: 'NET30',
    orderId: 'SO-invoice',
    shipmentId: 'D-invoice',
    final: false,
    instalments: [
      { number: 1, dueOn: LATER, amount: eur('0.40') },
      { number: 2, dueOn: '2026-05-01', amount: eur('0.60') },
    ],
  }),
  'credit-note.issued.v1': (n) => ({
    company: 'A',
    creditNoteId: `CN-new-${n}`,
    amount: eur('0.01'),
    issuedOn: DAY,
    invoiceId: 'I-credit',
    reason: 'x',
  }),
  'payment.received.v1': (n) => ({
    company: 'A',
    paymentId: `P-new-${n}`,
    amount: eur('0.01'),
    receivedOn: DAY,
    remittance: [{ invoiceId: 'I-pay', invoiceCompany: 'A', amount: eur('0.01'), instalment: 1 }],
    reference: 'x',
    payer: 'x',
  }),
  'payment.reversed.v1': () => ({ company: 'A', paymentId: 'P-reverse', reversedOn: DAY, reason: 'x' }),
  'payment.refunded.v1': (n) => ({
    company: 'A',
    refundId: `R-new-${n}`,
    paymentId: 'P-refund',
    amount: eur('0.01'),
    refundedOn: DAY,
  }),
  'cash.applied.v1': (n) => ({
    company: 'A',
    applicationId: `A-new-${n}`,
    paymentId: 'P-apply',
    invoiceId: 'I-apply',
    invoiceCompany: 'A',
    instalment: 1,
    amount: eur('0.01'),
    appliedOn: DAY,
  }),
  'cash.unapplied.v1': () => ({ company: 'A', applicationId: 'A-unapply', unappliedOn: DAY }),
  'dispute.opened.v1': (n) => ({
    company: 'A',
    disputeId: `X-new-${n}`,
    invoiceId: 'I-dispute',
    amount: eur('0.01'),
    reason: 'x',
    openedOn: DAY,
  }),
  'dispute.resolved.v1': () => ({ company: 'A', disputeId: 'X-resolve', outcome: 'invalid', resolvedOn: DAY }),
  'invoice.written-off.v1': (n) => ({
    company: 'A',
    writeOffId: `W-new-${n}`,
    invoiceId: 'I-write-off',
    amount: eur('0.01'),
    reason: 'x',
    writtenOffOn: DAY,
  }),
  'order.release': () => ({ company: 'A', reason: 'x', amount: eur('500.00'), expiresOn: '2099-12-31' }),
  'order.reject': () => ({ company: 'A', reason: 'x' }),
};

function accountFields(n: number): JsonObject {
  return {
    name: `Ada ${n}`,
    currency: 'EUR',
    country: 'DE',
    segment: 'retail',
    riskClass: 'A',
    parentId: HELD_ACCOUNT,
    terms: 'NET30',
    attributes: { region: 'north' },
  };
}

/** The command behind each route that takes a body, and the documents that stand in its address. */
const COMMANDS: Readonly<Record<string, readonly [type: string, ids?: Readonly<Record<string, string>>]>> = {
  Account_put: ['account.put'],
  Account_setLimit: ['limit.set.v1'],
  Account_block: ['account.blocked.v1'],
  Account_unblock: ['account.unblocked.v1'],
  Order_place: ['order.placed.v1'],
  Order_check: ['order.placed.v1'],
  Order_change: ['order.changed.v1', { orderId: 'SO-change' }],
  Order_cancel: ['order.cancelled.v1', { orderId: 'SO-cancel' }],
  Order_close: ['order.closed.v1', { orderId: 'SO-close' }],
  Order_ship: ['order.shipped.v1', { orderId: 'SO-ship' }],
  Order_release: ['order.release', { orderId: 'SO-release' }],
  Order_reject: ['order.reject', { orderId: 'SO-reject' }],
  Document_issueInvoice: ['invoice.issued.v1'],
  Document_issueCreditNote: ['credit-note.issued.v1'],
  Document_openDispute: ['dispute.opened.v1'],
  Document_resolveDispute: ['dispute.resolved.v1', { disputeId: 'X-resolve' }],
  Document_writeOff: ['invoice.written-off.v1'],
  Cash_receive: ['payment.received.v1'],
  Cash_reverse: ['payment.reversed.v1', { paymentId: 'P-reverse' }],
  Cash_refund: ['payment.refunded.v1', { paymentId: 'P-refund' }],
  Cash_apply: ['cash.applied.v1'],
  Cash_unapply: ['cash.unapplied.v1', { applicationId: 'A-unapply' }],
};

const READ_IDS = { orderId: 'SO-1', invoiceId: 'I-1', paymentId: 'P-1' };

/** Which command's rules the body of an operation follows; null: it takes none. */
export function commandTypeOf({ id, messageType }: Operation): string | null {
  return messageType ?? COMMANDS[id]?.[0] ?? null;
}

/** A request that is right in everything. */
export function validDraft(operation: Operation, n: number): Draft {
  const { id, messageType } = operation;
  const empty = { path: {}, query: [], headers: [] };
  if (id === 'Messages_record') return { ...empty, json: message('order.placed.v1', n) };
  if (messageType !== null) return { ...empty, json: message(messageType, n) };
  const command = COMMANDS[id];
  if (command === undefined) {
    const reads = { ...empty, path: { accountId: ACCOUNT, ...READ_IDS }, json: undefined };
    const isOfCompany = /Queries_(order|invoice|payment)$/.test(id);
    return isOfCompany ? { ...reads, query: [['company', 'A']] } : reads;
  }
  const [type, ids = {}] = command;
  const data = { ...dataOf(type, n), ...ids };
  return { ...empty, path: { accountId: accountOf(type, n), ...ids }, json: data };
}

function message(type: string, n: number): JsonObject {
  return {
    ...envelope(type, accountOf(type, n), dataOf(type, n), `${type} ${n}`),
    datacontenttype: 'application/json',
    dataschema: 'https://duestream.example/schemas/x',
  };
}

function envelope(type: string, subject: string, data: JsonObject, id = `${type} ${JSON.stringify(data)}`): JsonObject {
  return {
    specversion: '1.0',
    id: id.slice(0, 120),
    source: '/fuzz',
    type,
    subject,
    time: '2026-03-02T09:15:00Z',
    data,
  };
}

function dataOf(type: string, n: number): JsonObject {
  const data = DATA[type];
  if (data === undefined) throw new Error(`no valid data is known for ${type}`);
  return data(n);
}

function accountOf(type: string, n: number): string {
  if (type === 'account.opened.v1' || type === 'account.put') return `F-new-${n}`;
  if (type === 'payment.received.v1') return PAYING_ACCOUNT;
  if (type === 'order.release' || type === 'order.reject') return HELD_ACCOUNT;
  return type.endsWith('blocked.v1') ? BLOCKED_ACCOUNT : ACCOUNT;
}
