import type { AccountId } from '@duestream/domain';
import { openEvent } from '@duestream/event-store';
import { Deferred } from '../testing/deferred';
import { ACCOUNT, euros, limitOf, message, opened, order, request } from '../testing/messages';
import { testProcessor } from '../testing/processor';
import { ScriptedStore } from '../testing/scripted-store';
import { Contended, Overloaded, OutcomeStillUnknown, ProcessorClosing, StoreUnavailable } from './errors';
import { SILENT_OBSERVER } from './observer';

const STREAM = `account-${ACCOUNT}`;
const QUICK = { firstDelayMs: 1, maxDelayMs: 2 };

async function withLimit(amount: string): Promise<ScriptedStore> {
  const store = new ScriptedStore();
  const processor = testProcessor(store);
  await processor.submit(opened());
  await processor.submit(limitOf(amount));
  await processor.close();
  return store;
}

const typesIn = (store: ScriptedStore): string[] => store.eventsOf(STREAM).map(({ type }) => type);

describe('one command', () => {
  it('is answered with its decision, the revision and the position of what it wrote', async () => {
    const processor = testProcessor(await withLimit('100.00'));
    const answer = await processor.submit(order('SO-1', '60.00'));
    expect(answer).toMatchObject({ status: 'accepted', accountRevision: 3, position: '4', orderStatus: 'approved' });
    expect(answer).toHaveProperty('decision.outcome', 'approved');
  });

  it('is refused for an account that was never opened, and writes nothing', async () => {
    const store = new ScriptedStore();
    const answer = await testProcessor(store).submit(order('SO-1', '60.00'));
    expect(answer).toMatchObject({ status: 'refused', accountRevision: null, position: null });
    expect(store.appends).toHaveLength(0);
  });

  it('sent again answers duplicate with the first decision, also by another processor later', async () => {
    const store = await withLimit('100.00');
    const first = await testProcessor(store).submit(order('SO-1', '60.00'));
    const again = await testProcessor(store).submit(order('SO-1', '60.00'));
    expect(again).toMatchObject({ status: 'duplicate', firstRevision: 2, accountRevision: 3, orderStatus: 'approved' });
    expect(again).toHaveProperty('decision', expect.objectContaining({ outcome: 'approved' }));
    expect(Reflect.get(again, 'decision')).toEqual(Reflect.get(first, 'decision'));
    expect(store.eventsOf(STREAM)).toHaveLength(4);
  });

  it('with the same number and other content is refused with both contents', async () => {
    const processor = testProcessor(await withLimit('100.00'));
    await processor.submit(order('SO-1', '60.00'));
    const other = await processor.submit(order('SO-1', '61.00'));
    expect(other).toMatchObject({ status: 'refused', refusal: { kind: 'conflict' } });
    expect(other).toHaveProperty('contents.recorded.data.amount', euros('60.00'));
    expect(other).toHaveProperty('contents.sent.amount', euros('61.00'));
  });

  it('is refused as stale when the account stands elsewhere than expected', async () => {
    const processor = testProcessor(await withLimit('100.00'));
    const { command } = order('SO-1', '60.00');
    const stale = await processor.submit(
      request(message('order.placed.v1', { orderId: 'SO-1', amount: euros('60.00') }), { expectedRevision: 0 }),
    );
    expect(stale).toMatchObject({ status: 'refused', refusal: { kind: 'stale', facts: { actualRevision: '1' } } });
    const fresh = await processor.submit({
      command,
      context: { ...order('SO-1', '60.00').context, expectedRevision: 1 },
    });
    expect(fresh.status).toBe('accepted');
  });

  it('takes a closed document back whose past is long: a payment that settled many invoices', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store);
    const invoices = Array.from({ length: 60 }, (_, n) => `I-${n}`);
    await Promise.all(
      processor.submitAll(
        invoices.map((invoiceId) => request(message('invoice.issued.v1', { invoiceId, amount: euros('1.00') }))),
      ),
    );
    await processor.submit(request(message('payment.received.v1', { paymentId: 'P-1', amount: euros('60.00') })));
    const reversed = await processor.submit(
      request(message('payment.reversed.v1', { paymentId: 'P-1', reason: 'bounced' })),
    );
    expect(reversed.status).toBe('accepted');
    expect(JSON.parse(store.eventsOf(STREAM).at(-1)?.data ?? '{}')).toHaveProperty('ended.length', 60);
  });

  it('seen in advance is decided and not written', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store);
    expect(await processor.preview(order('SO-1', '60.00'))).toHaveProperty('decision.outcome', 'approved');
    expect(await processor.preview(order('SO-1', '160.00'))).toHaveProperty('decision.outcome', 'held');
    expect(store.eventsOf(STREAM)).toHaveLength(2);
  });
});

describe('many commands', () => {
  it('of one account that wait together are decided one upon the other and written at once', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store);
    const answers = await Promise.all(processor.submitAll([1, 2, 3].map((n) => order(`SO-${n}`, '40.00'))));
    expect(answers.map((answer): unknown => Reflect.get(answer, 'orderStatus'))).toEqual([
      'approved',
      'approved',
      'held',
    ]);
    expect(store.appends.slice(2)).toHaveLength(1);
  });

  it('of many accounts share one append', async () => {
    const store = new ScriptedStore();
    const accounts = Array.from({ length: 50 }, (_, n) => `C-${n}` as AccountId);
    await Promise.all(testProcessor(store).submitAll(accounts.map((accountId) => opened(accountId))));
    const events = store.appends.map((batches) => batches.length);
    expect(events.reduce((sum, count) => sum + count, 0)).toBe(50);
    expect(store.appends.length).toBeLessThan(25);
  });

  it('gather while a write is under way and follow in one', async () => {
    const store = await withLimit('1000.00');
    const processor = testProcessor(store);
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    const first = processor.submit(order('SO-0', '1.00'));
    while (store.appends.length === 2) await new Promise(setImmediate);
    const others = processor.submitAll(Array.from({ length: 20 }, (_, n) => order(`SO-${n + 1}`, '1.00')));
    await new Promise(setImmediate);
    writing.resolve();
    await Promise.all([first, ...others]);
    expect(store.appends.slice(2).map(([batch]) => batch?.events.length)).toEqual([2, 40]);
  });

  it('for one account alone are halved, so that one half is decided while the other is written', async () => {
    const store = await withLimit('1000.00');
    const processor = testProcessor(store);
    await Promise.all(processor.submitAll(Array.from({ length: 20 }, (_, n) => order(`SO-${n}`, '1.00'))));
    expect(store.appends.slice(2).map(([batch]) => batch?.events.length)).toEqual([20, 20]);
  });

  it('decided ahead are not written, and not answered, before the write that they build upon', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store);
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    const answered: string[] = [];
    const submit = (orderId: string): Promise<unknown> =>
      processor.submit(order(orderId, '60.00')).then((answer) => answered.push(`${orderId} ${answer.status}`));
    const first = submit('SO-1');
    while (store.appends.length === 2) await new Promise(setImmediate);
    // One is decided upon the other and one only repeats what is not written yet.
    const ahead = [submit('SO-2'), submit('SO-1')];
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect([store.appends.length, answered]).toEqual([3, []]);
    writing.resolve();
    await Promise.all([first, ...ahead]);
    expect(answered).toEqual(['SO-1 accepted', 'SO-2 accepted', 'SO-1 duplicate']);
    expect(typesIn(store).slice(2)).toEqual([
      ...['order.placed.v1', 'credit.approved.v1'],
      ...['order.placed.v1', 'credit.held.v1'],
    ]);
  });

  it.each(['lost', 'written-but-lost', 'away'] as const)(
    'decided ahead of a write that is %s at first follow it all the same',
    async (fault) => {
      const store = await withLimit('100.00');
      const processor = testProcessor(store, { limits: QUICK });
      store.faults.push(fault);
      const writing = new Deferred();
      store.beforeWrite = () => writing.promise;
      const first = processor.submit(order('SO-1', '60.00'));
      while (store.appends.length === 2) await new Promise(setImmediate);
      const ahead = processor.submit(order('SO-2', '60.00'));
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      writing.resolve();
      expect(await first).toHaveProperty('orderStatus', 'approved');
      expect(await ahead).toHaveProperty('orderStatus', 'held');
      expect(typesIn(store)).toHaveLength(6);
    },
  );

  it('decided ahead are written although another account of the same round is still held by somebody', async () => {
    const other = 'C-1002' as AccountId;
    const store = await withLimit('100.00');
    const processor = testProcessor(store, { limits: { ...QUICK, maxUnavailableRetries: Number.POSITIVE_INFINITY } });
    await Promise.all(processor.submitAll([opened(other), limitOf('100.00', other), order('SO-0', '0.01')]));
    const before = store.appends.length;
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    store.held.add(`account-${other}`);
    let isHeldAnswered = false;
    const [first, held] = processor.submitAll([order('SO-1', '60.00'), order('SO-1', '60.00', other)]);
    void held?.then(() => (isHeldAnswered = true));
    while (store.appends.length === before) await new Promise(setImmediate);
    expect(store.appends.at(-1)).toHaveLength(2);
    const ahead = processor.submit(order('SO-2', '60.00'));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    writing.resolve();
    expect(await first).toHaveProperty('orderStatus', 'approved');
    expect(await ahead).toHaveProperty('orderStatus', 'held');
    expect(isHeldAnswered).toBe(false);
    store.held.clear();
    expect(await held).toHaveProperty('orderStatus', 'approved');
  });

  it('decided ahead are decided again when another writer was first', async () => {
    const store = await withLimit('100.00');
    const [processor, rival] = [testProcessor(store), testProcessor(store)];
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    const first = processor.submit(order('SO-1', '60.00'));
    while (store.appends.length === 2) await new Promise(setImmediate);
    const ahead = [processor.submit(order('SO-2', '30.00')), processor.submit(order('SO-3', '30.00'))];
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    store.beforeWrite = () => Promise.resolve();
    await rival.submit(order('SO-9', '50.00'));
    writing.resolve();
    expect(await first).toHaveProperty('orderStatus', 'held');
    expect(await Promise.all(ahead)).toMatchObject([{ orderStatus: 'approved' }, { orderStatus: 'held' }]);
  });

  it('are not answered before the store has taken them', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store);
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    let isAnswered = false;
    const answer = processor.submit(order('SO-1', '60.00')).finally(() => {
      isAnswered = true;
    });
    while (store.appends.length === 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    writing.resolve();
    await answer;
  });

  it('are split by events a write, in order, a command never in two', async () => {
    const store = await withLimit('1000.00');
    const processor = testProcessor(store, { limits: { maxEventsPerWrite: 5 } });
    await Promise.all(processor.submitAll(Array.from({ length: 6 }, (_, n) => order(`SO-${n}`, '1.00'))));
    expect(store.appends.slice(2).map(([batch]) => batch?.events.length)).toEqual([4, 4, 4]);
  });

  it('beyond the room of the queue are turned away whole, with a time to come again', async () => {
    const processor = testProcessor(await withLimit('1000.00'), { limits: { maxWaitingPerAccount: 3 } });
    const many = Array.from({ length: 4 }, (_, n) => order(`SO-${n}`, '1.00'));
    expect(() => processor.submitAll(many)).toThrow(Overloaded);
    expect(processor.depth).toBe(0);
    await Promise.all(processor.submitAll(many.slice(0, 3)));
  });

  it('may need an event that the same write will hold', async () => {
    const store = new ScriptedStore();
    const processor = testProcessor(store);
    const amount = euros('50.00');
    const [, , , reversal] = await Promise.all(
      processor.submitAll([
        opened(),
        request(message('invoice.issued.v1', { invoiceId: 'FV/1', amount })),
        request(message('payment.received.v1', { paymentId: 'P-1', amount })),
        request(message('payment.reversed.v1', { paymentId: 'P-1', reason: 'bounced' })),
      ]),
    );
    expect(reversal?.status).toBe('accepted');
    expect(store.appends).toHaveLength(1);
    const again = await testProcessor(store).submit(
      request(message('payment.received.v1', { paymentId: 'P-2', amount, remittance: [{ invoiceId: 'FV/1' }] })),
    );
    expect(again).toHaveProperty('eventTypes', ['payment.received.v1', 'cash.applied.v1']);
  });
});

describe('time', () => {
  it('never runs backwards within an account, whatever the clock does', async () => {
    const store = new ScriptedStore();
    const times = [2_000, 1_000, 3_000];
    const processor = testProcessor(store, { clock: () => Date.UTC(2026, 2, 2) + (times[0] ?? 0) });
    await processor.submit(opened());
    times.shift();
    await processor.submit(limitOf('1.00'));
    times.shift();
    await processor.submit(limitOf('2.00'));
    const recorded = store.eventsOf(STREAM).map((event) => openEvent(event).recorded.recordedAt.slice(17));
    expect(recorded).toEqual(['02.000Z', '02.000Z', '03.000Z']);
  });

  it('decides on the date of the document where that is asked for', async () => {
    const store = await withLimit('100.00');
    const placed = message('order.placed.v1', {
      orderId: 'SO-1',
      amount: euros('1.00'),
      orderDate: '2019-05-06' as never,
    });
    const answer = await testProcessor(store).submit(request(placed, { businessDate: 'document' }));
    expect(answer).toHaveProperty('decision.businessDate', '2019-05-06');
  });
});

describe('the store', () => {
  it('that loses an answer is asked with the identical batch until it gives one', async () => {
    const store = await withLimit('100.00');
    store.faults.push('written-but-lost', 'away', 'lost');
    const answer = await testProcessor(store, { limits: QUICK }).submit(order('SO-1', '60.00'));
    expect(answer).toMatchObject({ status: 'accepted', accountRevision: 3 });
    const [first, ...repeated] = store.appends.slice(2);
    expect(repeated).toHaveLength(3);
    for (const batches of repeated) expect(batches).toEqual(first);
    expect(store.eventsOf(STREAM)).toHaveLength(4);
  });

  it('that has not yet told about one write of an account gets no other for it', async () => {
    const store = await withLimit('100.00');
    store.faults.push(...Array.from({ length: 20 }, () => 'lost' as const));
    const processor = testProcessor(store, { limits: QUICK });
    const first = processor.submit(order('SO-1', '60.00'));
    const second = processor.submit(order('SO-2', '60.00'));
    expect(await first).toHaveProperty('orderStatus', 'approved');
    expect(await second).toHaveProperty('orderStatus', 'held');
    const ids = store.appends.slice(2, 22).map(([batch]) => batch?.events.map(({ id }) => id).join());
    expect(new Set(ids).size).toBe(1);
  });

  it('that is away for long makes commands fail, and the next one finds it back', async () => {
    const store = await withLimit('100.00');
    store.faults.push('away', 'away', 'away');
    const processor = testProcessor(store, { limits: { ...QUICK, maxUnavailableRetries: 3 } });
    await expect(processor.submit(order('SO-1', '60.00'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await processor.submit(order('SO-1', '60.00'))).toHaveProperty('orderStatus', 'approved');
  });

  it('that fails a command fails those of the account that wait behind it, so that all can be sent again in order', async () => {
    const store = await withLimit('100.00');
    store.faults.push('away', 'away', 'away');
    const limits = { ...QUICK, maxUnavailableRetries: 3, maxCommandsPerRound: 2 };
    const processor = testProcessor(store, { limits });
    const orders = [1, 2, 3, 4, 5].map((n) => order(`SO-${n}`, '40.00'));
    const failed = await Promise.allSettled(processor.submitAll(orders));
    expect(failed.map(({ status }) => status)).toEqual(orders.map(() => 'rejected'));
    expect(store.eventsOf(STREAM)).toHaveLength(2);
    const again = await Promise.all(processor.submitAll(orders));
    expect(again.map((answer): unknown => Reflect.get(answer, 'orderStatus'))).toEqual([
      'approved',
      'approved',
      'held',
      'held',
      'held',
    ]);
  });

  it('that fails a write fails what was decided ahead of it as well, so that nothing of it is written before', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store, { limits: { ...QUICK, maxUnavailableRetries: 3 } });
    store.faults.push('away', 'away', 'away');
    const writing = new Deferred();
    store.beforeWrite = () => writing.promise;
    const [first, ...later] = ['SO-1', 'SO-2', 'SO-3'].map((id) => order(id, '60.00'));
    const answers = processor.submitAll(first === undefined ? [] : [first]);
    while (store.appends.length === 2) await new Promise(setImmediate);
    answers.push(...processor.submitAll(later));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    writing.resolve();
    for (const answer of answers) await expect(answer).rejects.toBeInstanceOf(StoreUnavailable);
    expect(store.eventsOf(STREAM)).toHaveLength(2);
    const again = await Promise.all(processor.submitAll(['SO-1', 'SO-2', 'SO-3'].map((id) => order(id, '60.00'))));
    expect(again).toMatchObject([{ orderStatus: 'approved' }, { orderStatus: 'held' }, { orderStatus: 'held' }]);
  });

  it('that is away for a moment while an account is read is asked again', async () => {
    const store = await withLimit('100.00');
    store.readsAway = 2;
    const answer = await testProcessor(store, { limits: QUICK }).submit(order('SO-1', '60.00'));
    expect(answer.status).toBe('accepted');
  });

  it('that never answers does not hold the closing up for ever', async () => {
    const store = await withLimit('100.00');
    const processor = testProcessor(store, { limits: QUICK });
    store.faults.push(...Array.from({ length: 10_000 }, () => 'lost' as const));
    const answer = processor.submit(order('SO-1', '60.00'));
    const failing = expect(answer).rejects.toBeInstanceOf(OutcomeStillUnknown);
    await processor.close(20);
    await failing;
    expect(() => processor.submitAll([order('SO-2', '1.00')])).toThrow(ProcessorClosing);
  });
});

describe('another writer', () => {
  it('between two commands is noticed, and what it wrote counts', async () => {
    const store = await withLimit('100.00');
    const [here, there] = [testProcessor(store), testProcessor(store)];
    expect(await here.submit(order('SO-1', '60.00'))).toHaveProperty('orderStatus', 'approved');
    expect(await there.submit(order('SO-2', '40.00'))).toHaveProperty('orderStatus', 'approved');
    expect(await here.submit(order('SO-3', '0.01'))).toHaveProperty('orderStatus', 'held');
  });

  it('that opened the account meanwhile is noticed even where nothing would be written', async () => {
    const store = new ScriptedStore();
    const [here, there] = [testProcessor(store), testProcessor(store)];
    expect((await here.submit(order('SO-1', '60.00'))).status).toBe('refused');
    await there.submit(opened());
    expect((await here.submit(order('SO-1', '60.00'))).status).toBe('accepted');
  });

  it('that is always faster ends in a refusal to go on, after a bounded number of times', async () => {
    const store = await withLimit('100.00');
    const rival = testProcessor(store);
    let turn = 0;
    const conflicts: string[] = [];
    const processor = testProcessor(store, {
      limits: { maxConflicts: 3 },
      observer: { ...SILENT_OBSERVER, conflicted: (accountId) => conflicts.push(accountId) },
    });
    let isRival = false;
    store.beforeWrite = async () => {
      if (isRival) return;
      isRival = true;
      await rival.submit(limitOf(`${++turn}.00`));
      isRival = false;
    };
    await expect(processor.submit(order('SO-1', '60.00'))).rejects.toBeInstanceOf(Contended);
    expect(conflicts).toHaveLength(4);
  });
});

describe('snapshots', () => {
  it('are saved every so many events and used with the tail after them', async () => {
    const store = await withLimit('1000.00');
    const writer = testProcessor(store, { limits: { snapshotEvery: 10 } });
    for (let n = 0; n < 8; n += 1) await writer.submit(order(`SO-${n}`, '1.00'));
    await writer.close();
    expect(store.snapshots.get(STREAM)?.revision).toBe(9);
    const read: number[] = [];
    const readStream = store.readStream.bind(store);
    store.readStream = (streamId, options) => {
      read.push(options.fromRevision ?? 0);
      return readStream(streamId, options);
    };
    expect(await testProcessor(store).submit(order('SO-9', '991.00'))).toMatchObject({
      accountRevision: 19,
      orderStatus: 'approved',
    });
    expect(read).toEqual([10]);
  });

  it.each([
    ['is no state', '{"half'],
    ['belongs to another revision', '{}'],
  ])('are ignored when one %s', async (_, state) => {
    const store = await withLimit('100.00');
    const [schema] = await schemaOf(store);
    store.snapshots.set(STREAM, { revision: 1, schema: schema ?? '', state });
    expect(await testProcessor(store).submit(order('SO-1', '60.00'))).toHaveProperty('orderStatus', 'approved');
  });
});

async function schemaOf(store: ScriptedStore): Promise<string[]> {
  const asked: string[] = [];
  const spied = Object.create(store, {
    loadSnapshot: {
      value: (_: string, schema: string) => {
        asked.push(schema);
        return Promise.resolve(null);
      },
    },
  }) as ScriptedStore;
  await testProcessor(spied).submit(order('', '1.00', 'other' as AccountId));
  return asked;
}

describe('a defect in one command', () => {
  it('fails that command alone', async () => {
    const store = await withLimit('100.00');
    const broken = order('SO-1', '60.00');
    const failing = { ...broken, command: { ...broken.command, data: null as never } };
    const [bad, good] = await Promise.allSettled(testProcessor(store).submitAll([failing, order('SO-2', '60.00')]));
    expect(bad?.status).toBe('rejected');
    expect(good).toMatchObject({ status: 'fulfilled', value: { orderStatus: 'approved' } });
    expect(typesIn(store)).toHaveLength(4);
  });
});
