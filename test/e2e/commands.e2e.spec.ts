import { useTestDatabase } from '@duestream/platform/testing';
import { euros } from './support/messages';
import { startTestServer, type TestServer } from './support/server';
import { ANY_TEXT, containing } from './support/matchers';

const database = useTestDatabase();
let server: TestServer;
let accounts = 0;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

/** The address of a new account with a limit of 1 000. */
async function newAccount(): Promise<string> {
  const address = `/v1/accounts/C-${++accounts}`;
  expect((await server.put(address, { name: 'Ada & Co', currency: 'EUR' })).status).toBe(201);
  expect((await server.put(`${address}/limit`, { amount: euros('1000.00') })).status).toBe(200);
  return address;
}

const order = (orderId: string, amount: string) => ({ orderId, amount: euros(amount), orderDate: '2026-03-02' });

describe('PUT /v1/accounts/{id}', () => {
  it('opens with 201, changes with 200, and answers 200 when there is nothing to change', async () => {
    const address = `/v1/accounts/${encodeURIComponent('Müller/Söhne 7%')}`;
    const profile = { name: 'Müller', currency: 'EUR' };
    expect(await server.put(address, profile)).toMatchObject({
      status: 201,
      json: { status: 'accepted', accountRevision: 0 },
    });
    expect(await server.put(address, profile)).toMatchObject({
      status: 200,
      json: { status: 'duplicate', accountRevision: 0 },
    });
    const changed = await server.put(address, { ...profile, segment: 'retail' });
    expect(changed).toMatchObject({ status: 200, json: { status: 'accepted', accountRevision: 1 } });
    const read = await server.get(address, { 'duestream-min-position': String(changed.json['position']) });
    expect(read.json).toMatchObject({ accountId: 'Müller/Söhne 7%', segment: 'retail', accountRevision: 1 });
  });

  it('names who acted, as the header says and not authenticated', async () => {
    const address = await newAccount();
    await server.post(`${address}/block`, { reason: 'insolvent' }, { 'duestream-actor': 'vera' });
    const history = await server.get(`${address}/history?from=2`);
    expect(history.json['items']).toMatchObject([
      { type: 'duestream.account.blocked.v1', actor: { id: 'vera', via: 'http', authenticated: false } },
    ]);
  });
});

describe('POST /v1/accounts/{id}/orders', () => {
  it('answers 201 with the decision when approved, held or rejected', async () => {
    const address = await newAccount();
    const approved = await server.post(`${address}/orders`, order('SO-1', '600.00'));
    expect(approved).toMatchObject({
      status: 201,
      json: { orderStatus: 'approved', decision: { outcome: 'approved' } },
    });
    expect(approved.headers.get('duestream-position')).toBe(approved.json['position']);
    const held = await server.post(`${address}/orders`, order('SO-2', '400.01'));
    expect(held).toMatchObject({
      status: 201,
      json: {
        orderStatus: 'held',
        decision: { outcome: 'held', reasons: [{ rule: 'limit.static', observed: '1000.01', threshold: '1000.00' }] },
      },
    });
    await server.post(`${address}/block`, { reason: 'insolvent' });
    const rejected = await server.post(`${address}/orders`, order('SO-3', '1.00'));
    expect(rejected).toMatchObject({
      status: 201,
      json: { orderStatus: 'rejected', decision: { outcome: 'rejected' } },
    });
  });

  it('answers 200 with the first decision and the status of now when it is sent again', async () => {
    const address = await newAccount();
    const first = await server.post(`${address}/orders`, order('SO-1', '600.00'));
    await server.post(`${address}/orders/SO-1/cancel`, { cancelledOn: '2026-03-03' });
    const again = await server.post(`${address}/orders`, order('SO-1', '600.00'));
    expect(again).toMatchObject({ status: 200, json: { status: 'duplicate', orderStatus: 'cancelled' } });
    expect(again.json['decision']).toEqual(first.json['decision']);
  });

  it('answers 409 with both contents for the same number with other content', async () => {
    const address = await newAccount();
    await server.post(`${address}/orders`, order('SO-1', '600.00'));
    const conflict = await server.post(`${address}/orders`, order('SO-1', '601.00'));
    expect(conflict).toMatchObject({
      status: 409,
      json: {
        status: 409,
        field: 'orderId',
        contents: { first: order('SO-1', '600.00'), second: order('SO-1', '601.00') },
      },
    });
    expect(conflict.headers.get('content-type')).toContain('application/problem+json');
  });

  it('answers 404 for an account that was never opened', async () => {
    const answer = await server.post('/v1/accounts/nobody/orders', order('SO-1', '1.00'));
    expect(answer).toMatchObject({ status: 404, json: { code: 'account.unknown', field: 'accountId' } });
  });

  it('names the header when its key was used for something else', async () => {
    const address = await newAccount();
    const block = (reason: string) => server.post(`${address}/block`, { reason }, { 'idempotency-key': 'block-1' });
    await block('insolvent');
    expect(await block('another')).toMatchObject({
      status: 409,
      json: { code: 'document.conflict', field: 'Idempotency-Key' },
    });
  });

  it('names the field of the body that a rule refuses', async () => {
    const address = await newAccount();
    const limit = { amount: { amount: '1.00', currency: 'USD' } };
    expect(await server.put(`${address}/limit`, limit)).toMatchObject({
      status: 422,
      json: { code: 'limit.currency', field: 'amount.currency' },
    });
  });

  it('answers 409 when If-Match names another revision, and nothing is written', async () => {
    const address = await newAccount();
    const stale = await server.post(`${address}/orders`, order('SO-1', '1.00'), { 'if-match': '"0"' });
    expect(stale).toMatchObject({
      status: 409,
      json: {
        code: 'account.revision-stale',
        field: 'If-Match',
        facts: { expectedRevision: '0', actualRevision: '1' },
      },
    });
    expect((await server.post(`${address}/orders`, order('SO-1', '1.00'), { 'if-match': '"1"' })).status).toBe(201);
    expect((await server.post(`${address}/orders`, order('SO-1', '1.00'), { 'if-match': '1' })).status).toBe(200);
  });
});

describe('what follows an order', () => {
  it('is changed, shipped, invoiced, closed, each with 201', async () => {
    const address = await newAccount();
    await server.post(`${address}/orders`, order('SO-1', '600.00'));
    const path = `${address}/orders/SO-1`;
    const steps = [
      await server.post(`${path}/change`, { amount: euros('500.00'), changedOn: '2026-03-02' }),
      await server.post(`${path}/shipments`, { shipmentId: 'D-1', amount: euros('200.00'), shippedOn: '2026-03-03' }),
      await server.post(`${address}/invoices`, {
        invoiceId: 'FV/1/05',
        amount: euros('200.00'),
        issuedOn: '2026-03-04',
        orderId: 'SO-1',
        shipmentId: 'D-1',
      }),
      await server.post(`${path}/close`, { closedOn: '2026-03-05' }),
    ];
    expect(steps.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const exposure = await server.get(`${address}/exposure?asOf=2026-03-06`, {
      'duestream-min-position': String(steps[3]?.json['position']),
    });
    expect(exposure.json).toMatchObject({
      total: '200.00',
      categories: { orders: '0.00', deliveries: '0.00', receivables: '200.00' },
    });
  });

  it('waits with 202 when it comes before its order, and is listed until the order comes', async () => {
    const address = await newAccount();
    const shipment = { shipmentId: 'D-1', amount: euros('50.00'), shippedOn: '2026-03-03' };
    const early = await server.post(`${address}/orders/SO-1/shipments`, shipment);
    expect(early).toMatchObject({
      status: 202,
      json: { status: 'waiting', waitingFor: [{ kind: 'order', number: 'SO-1' }] },
    });
    const accountId = address.split('/').at(-1) ?? '';
    const after = (position: unknown) =>
      server.get(`/v1/waiting?accountId=${accountId}`, { 'duestream-min-position': String(position) });
    expect((await after(early.json['position'])).json['items']).toMatchObject([{ messageType: 'order.shipped.v1' }]);
    const placed = await server.post(`${address}/orders`, order('SO-1', '50.00'));
    expect((await after(placed.json['position'])).json['items']).toEqual([]);
  });

  it('is released or rejected by hand with a reason', async () => {
    const address = await newAccount();
    await server.post(`${address}/orders`, order('SO-1', '1200.00'));
    await server.post(`${address}/orders`, order('SO-2', '1300.00'));
    const holds = async (position: unknown) => {
      const accountId = address.split('/').at(-1) ?? '';
      const { json } = await server.get(`/v1/holds?accountId=${accountId}`, {
        'duestream-min-position': String(position),
      });
      return (json['items'] as { orderId: string }[]).map(({ orderId }) => orderId);
    };
    const released = await server.post(
      `${address}/orders/SO-1/release`,
      { reason: 'paid by phone' },
      { 'duestream-actor': 'vera' },
    );
    expect(released).toMatchObject({ status: 201, json: { orderStatus: 'approved' } });
    expect(await holds(released.json['position'])).toEqual(['SO-2']);
    const rejected = await server.post(`${address}/orders/SO-2/reject`, { reason: 'never' });
    expect(rejected).toMatchObject({ status: 201, json: { orderStatus: 'rejected' } });
    expect(await holds(rejected.json['position'])).toEqual([]);
    expect((await server.post(`${address}/orders/SO-9/release`, { reason: 'x' })).status).toBe(404);
  });

  it('is released or rejected once when the same is sent again, also after the order is done', async () => {
    const address = await newAccount();
    for (const id of ['SO-1', 'SO-2']) await server.post(`${address}/orders`, order(id, '1200.00'));
    const [release, reject] = [`${address}/orders/SO-1/release`, `${address}/orders/SO-2/reject`];
    const first = [await server.post(release, { reason: 'paid' }), await server.post(reject, { reason: 'never' })];
    await server.post(`${address}/orders/SO-1/close`, { closedOn: '2026-03-05' });
    const again = [await server.post(release, { reason: 'paid' }), await server.post(reject, { reason: 'never' })];
    expect(first.map(({ status }) => status)).toEqual([201, 201]);
    expect(again).toMatchObject([
      { status: 200, json: { status: 'duplicate', orderStatus: 'closed' } },
      { status: 200, json: { status: 'duplicate', orderStatus: 'rejected' } },
    ]);
    const other = [await server.post(release, { reason: 'b' }), await server.post(reject, { reason: 'b' })];
    expect(other).toMatchObject([
      { status: 422, json: { code: 'order.not-held' } },
      { status: 422, json: { code: 'order.not-held' } },
    ]);
  });
});

describe('POST /v1/accounts/{id}/orders/check', () => {
  it('answers the decision that the order would get and writes nothing', async () => {
    const address = await newAccount();
    const before = await server.get(`${address}/history`);
    expect(await server.post(`${address}/orders/check`, order('SO-1', '1000.00'))).toMatchObject({
      status: 200,
      json: { decision: { outcome: 'approved' } },
    });
    expect(await server.post(`${address}/orders/check`, { amount: euros('1000.01') })).toMatchObject({
      status: 200,
      json: { decision: { outcome: 'held' } },
    });
    expect((await server.get(`${address}/history`)).json).toEqual(before.json);
  });

  it('looks at an order that is known already as one more', async () => {
    const address = await newAccount();
    await server.post(`${address}/orders`, order('SO-1', '600.00'));
    const answer = await server.post(`${address}/orders/check`, order('SO-1', '600.00'));
    expect(answer).toMatchObject({
      status: 200,
      json: { decision: { outcome: 'held', exposureBefore: euros('600.00') } },
    });
  });
});

describe('invoices and cash', () => {
  it('are recorded, applied, unapplied, disputed, written off, reversed and refunded with 201 each', async () => {
    const address = await newAccount();
    const on = '2026-03-10';
    const invoice = (invoiceId: string, amount: string) => ({
      invoiceId,
      amount: euros(amount),
      issuedOn: '2026-03-01',
      terms: 'NET30',
    });
    const payment = (paymentId: string, amount: string) => ({
      paymentId,
      amount: euros(amount),
      receivedOn: on,
      remittance: [],
    });
    const steps: [string, object][] = [
      ['invoices', invoice('FV/1', '100.00')],
      ['invoices', invoice('FV/2', '70.00')],
      ['payments', payment('P/1', '120.00')],
      [
        'applications',
        { applicationId: 'A/1', paymentId: 'P/1', invoiceId: 'FV/1', amount: euros('60.00'), appliedOn: on },
      ],
      ['applications/A%2F1/unapply', { unappliedOn: '2026-03-11' }],
      [
        'credit-notes',
        { creditNoteId: 'CN/1', amount: euros('20.00'), issuedOn: on, invoiceId: 'FV/1', reason: 'damaged' },
      ],
      ['disputes', { disputeId: 'X/1', invoiceId: 'FV/1', amount: euros('30.00'), reason: 'quality', openedOn: on }],
      ['disputes/X%2F1/resolve', { outcome: 'invalid', resolvedOn: '2026-03-12' }],
      [
        'write-offs',
        { writeOffId: 'W/1', invoiceId: 'FV/2', amount: euros('5.00'), reason: 'small', writtenOffOn: on },
      ],
      ['payments/P%2F1/refund', { refundId: 'R/1', amount: euros('20.00'), refundedOn: '2026-03-13' }],
      ['payments/P%2F1/reverse', { reversedOn: '2026-03-14', reason: 'bounced' }],
    ];
    let position = '';
    for (const [path, body] of steps) {
      const answer = await server.post(`${address}/${path}`, body);
      expect([path, answer.status, answer.text.slice(0, 300)]).toEqual([path, 201, ANY_TEXT]);
      position = String(answer.json['position']);
    }
    const since = { 'duestream-min-position': position };
    expect((await server.get(`${address}/invoices/FV%2F1`, since)).json).toMatchObject({
      open: '80.00',
      status: 'open',
    });
    expect((await server.get(`${address}/payments/P%2F1`, since)).json).toMatchObject({
      status: 'reversed',
      unapplied: '0.00',
      refunded: '20.00',
    });
    const items = await server.get(`${address}/open-items?asOf=2026-05-01`, since);
    expect(items.json['items']).toMatchObject([
      { number: 'FV/1', open: '80.00', daysPastDue: 31, bucket: { from: 31, to: 60 } },
      { number: 'FV/2', open: '65.00', daysPastDue: 31 },
    ]);
    expect(
      (await server.post(`${address}/payments/nothing/refund`, { refundId: 'R/2', amount: euros('1.00') })).status,
    ).toBeLessThan(300);
  });

  it('are refused with 422 and the numbers when a rule says no', async () => {
    const address = await newAccount();
    await server.post(`${address}/payments`, { paymentId: 'P/1', amount: euros('10.00'), receivedOn: '2026-03-10' });
    const refused = await server.post(`${address}/payments/P%2F1/refund`, {
      refundId: 'R/1',
      amount: euros('10.01'),
      refundedOn: '2026-03-11',
    });
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      status: 422,
      code: ANY_TEXT,
      detail: containing('10.0'),
    });
  });
});

describe('a message without a number of its own', () => {
  it('is the same again under the same Idempotency-Key, a conflict with other content, and new without one', async () => {
    const address = await newAccount();
    const key = { 'idempotency-key': 'block 1' };
    expect((await server.post(`${address}/block`, { reason: 'late', blockedOn: '2026-03-01' }, key)).status).toBe(201);
    expect((await server.post(`${address}/block`, { reason: 'late', blockedOn: '2026-03-01' }, key)).status).toBe(200);
    expect((await server.post(`${address}/block`, { reason: 'other', blockedOn: '2026-03-01' }, key)).status).toBe(409);
    expect((await server.post(`${address}/unblock`, { reason: 'paid', unblockedOn: '2026-03-02' })).status).toBe(201);
    expect((await server.post(`${address}/block`, { reason: 'late', blockedOn: '2026-03-03' })).status).toBe(201);
  });

  it('is another one under a key that was used for another command with the same content', async () => {
    const address = await newAccount();
    const key = { 'idempotency-key': 'CASE-17' };
    expect((await server.post(`${address}/block`, { reason: 'CASE-17' }, key)).status).toBe(201);
    const unblocked = await server.post(`${address}/unblock`, { reason: 'CASE-17' }, key);
    expect(unblocked).toMatchObject({ status: 201, json: { status: 'accepted' } });
    expect((await server.post(`${address}/orders`, order('SO-1', '1.00'))).json['orderStatus']).toBe('approved');
    expect((await server.post(`${address}/unblock`, { reason: 'CASE-17' }, key)).status).toBe(200);
  });
});

describe('a document of a company', () => {
  it('is found by its company, in the body or in the address', async () => {
    const address = await newAccount();
    await server.post(`${address}/orders`, { ...order('SO-1', '10.00'), company: 'North GmbH' });
    const changed = await server.post(`${address}/orders/SO-1/cancel?company=North%20GmbH`, {
      cancelledOn: '2026-03-02',
    });
    expect(changed).toMatchObject({ status: 201, json: { orderStatus: 'cancelled' } });
    const since = { 'duestream-min-position': String(changed.json['position']) };
    expect((await server.get(`${address}/orders/SO-1?company=North%20GmbH`, since)).json['status']).toBe('cancelled');
    expect((await server.get(`${address}/orders/SO-1`, since)).status).toBe(404);
  });
});
