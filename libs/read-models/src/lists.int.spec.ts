import { InvalidParameter } from './errors';
import { AccountStory } from './testing/account-story';
import { openModels, type ModelsUnderTest } from './testing/open-models';

describe('lists, orders and queues', () => {
  let under: ModelsUnderTest;
  beforeEach(async () => {
    under = await openModels();
  });
  afterEach(() => under.close());

  it('pins the point in time of the first page: later events do not reach the next ones', async () => {
    const stories = ['A', 'B', 'C'].map((id) =>
      new AccountStory(id).opened('2026-01-01', { segment: id }).invoice('2026-01-02', 'I1', '10.00', '2026-02-01'),
    );
    await under.tell(...stories);
    const aging = await under.models.queries.aging({ by: 'account', limit: 1 });
    const segments = await under.models.queries.aging({ by: 'segment', limit: 1 });
    const accounts = await under.models.queries.accounts({ limit: 1 });
    const [, b] = stories;
    if (b === undefined) throw new Error('three stories were told');
    b.changed('2026-03-01', { segment: 'Z', name: 'changed' })
      .payment('2026-01-03', 'P1', '10.00')
      .applied('2026-01-03', 'A1', 'P1', 'I1', '10.00');
    await under.tell(b, new AccountStory('AA').opened('2026-01-01').invoice('2026-01-01', 'I1', '7.00', '2026-02-01'));

    const rest = await under.models.queries.aging({ by: 'account', cursor: aging.value.nextCursor ?? '' });
    expect(rest.value.items.map(({ key, total }) => [key, total])).toEqual([
      ['B', '10.00'],
      ['C', '10.00'],
    ]);
    expect(rest.value.nextCursor).toBeNull();
    const otherSegments = await under.models.queries.aging({ by: 'segment', cursor: segments.value.nextCursor ?? '' });
    expect(otherSegments.value.items.map(({ key }) => key)).toEqual(['B', 'C']);
    const others = await under.models.queries.accounts({ cursor: accounts.value.nextCursor ?? '' });
    expect(others.value.items.map(({ accountId, name }) => [accountId, name])).toEqual([
      ['B', 'B'],
      ['C', 'C'],
    ]);
    const now = await under.models.queries.aging({ by: 'account' });
    expect(now.value.items.map(({ key }) => key)).toEqual(['A', 'AA', 'C']);
  });

  it('refuses a cursor of another list and one that is none', async () => {
    await under.tell(new AccountStory('A').opened('2026-01-01'), new AccountStory('B').opened('2026-01-01'));
    const { value } = await under.models.queries.accounts({ limit: 1 });
    await expect(under.models.queries.holds({ cursor: value.nextCursor ?? '' })).rejects.toThrow(InvalidParameter);
    await expect(under.models.queries.holds({ cursor: 'nonsense' })).rejects.toThrow(InvalidParameter);
    await expect(under.models.queries.accounts({ limit: 0 })).rejects.toThrow(InvalidParameter);
    await expect(under.models.queries.aging({ buckets: [30, 20] })).rejects.toThrow(InvalidParameter);
    await expect(under.models.queries.aging({ asOf: '2026-02-30' })).rejects.toThrow(InvalidParameter);
  });

  it('filters and sorts accounts, with the limit of the business date', async () => {
    await under.tell(
      new AccountStory('A').opened('2026-01-01', { name: 'Zeta', country: 'DE' }).limit('2026-01-01', '10.00'),
      new AccountStory('B').opened('2026-01-01', { name: 'Alpha', country: 'DE' }).limit('2026-01-01', null),
      new AccountStory('C').opened('2026-01-01', { name: 'Mid', country: 'FR' }),
    );
    const german = await under.models.queries.accounts({ country: 'DE', sort: 'name' });
    expect(german.value.items.map(({ accountId, limit }) => [accountId, limit?.amount])).toEqual([
      ['B', null],
      ['A', { amount: '10.00', currency: 'EUR' }],
    ]);
    const last = await under.models.queries.accounts({ sort: '-name', limit: 1 });
    expect(last.value.items.map(({ name }) => name)).toEqual(['Zeta']);
    const next = await under.models.queries.accounts({ sort: '-name', limit: 1, cursor: last.value.nextCursor ?? '' });
    expect(next.value.items.map(({ name }) => name)).toEqual(['Mid']);
    expect((await under.models.queries.account('C')).value).toMatchObject({ limit: null, accountRevision: 0 });
  });

  it('names the accounts that a new business date may change: with a hold, or a release that is over', async () => {
    const held = new AccountStory('A').opened('2026-01-01').order('2026-01-02', 'O', '10.00', 'held');
    const release = (id: string, expiresOn?: string) =>
      new AccountStory(id)
        .opened('2026-01-01')
        .order('2026-01-02', 'O', '10.00', 'held')
        .decide('2026-01-03', 'O', '10.00', 'released', 'manual', expiresOn);
    await under.tell(held, release('B', '2026-01-10'), release('C', '2026-01-09'), release('D'));
    expect((await under.models.queries.accountsToRecheck('2026-01-10')).accounts).toEqual(['A', 'C']);
  });

  it('lists held orders, the one held longest first, until they are released', async () => {
    const a = new AccountStory('A').opened('2026-01-01').order('2026-01-02', 'O1', '10.00', 'held');
    const b = new AccountStory('B').opened('2026-01-01').order('2026-01-03', 'O2', '20.00', 'held');
    await under.tell(a);
    await under.tell(b);
    const first = await under.models.queries.holds({ limit: 1 });
    expect(first.value.items).toMatchObject([{ orderId: 'O1', amount: { amount: '10.00' }, orderDate: '2026-01-02' }]);
    b.decide('2026-01-04', 'O2', '20.00', 'released', 'manual');
    await under.tell(b);
    expect((await under.models.queries.holds()).value.items.map(({ orderId }) => orderId)).toEqual(['O1']);
    const pinned = await under.models.queries.holds({ cursor: first.value.nextCursor ?? '' });
    expect(pinned.value.items.map(({ orderId }) => orderId)).toEqual(['O2']);
    const order = await under.models.queries.order({ accountId: 'B', company: '', number: 'O2' });
    expect(order.value).toMatchObject({ status: 'approved', open: '20.00' });
    const decisions = await under.models.queries.decisions('B', { orderId: 'O2' });
    expect(decisions.value.items.map(({ outcome }) => outcome)).toEqual(['held', 'released']);
  });

  it('lists an order that was invoiced before it was decided on as held from its decision on', async () => {
    const money = { amount: '10.00', currency: 'EUR' };
    const about = { orderId: 'O1', company: '', amount: money };
    const order = { status: 'held', requested: money, reserved: { amount: '0.00', currency: 'EUR' } } as const;
    const story = new AccountStory('A')
      .opened('2026-01-01')
      .add('order.placed.v1', { ...about, orderDate: '2026-01-02' }, { on: '2026-01-02' })
      .add(
        'order.invoiced.v1',
        { ...about, invoiceId: 'I1', issuedOn: '2026-01-02', final: false, order },
        { on: '2026-01-02' },
      );
    await under.tell(story);
    expect((await under.models.queries.holds()).value.items).toEqual([]);
    const decision = { decision: null, trigger: 'placed', total: money, of: 1, question: 'whole', order };
    story.add('credit.held.v1', { ...about, ...decision }, { on: '2026-01-03' });
    await under.tell(story);
    const { value } = await under.models.queries.holds();
    expect(value.items).toMatchObject([{ orderId: 'O1', heldAt: expect.stringMatching(/^2026-01-03/) as string }]);
  });

  it('lists what is held and what waits by how long it does, in whatever order the feed brought the accounts', async () => {
    const days = { B: '2026-01-03', D: '2026-01-05', A: '2026-01-04', C: '2026-01-02' };
    for (const [id, day] of Object.entries(days)) {
      await under.tell(
        new AccountStory(id).opened('2026-01-01').order(day, `O-${id}`, '10.00', 'held').waits(day, id, 'order', 'X'),
      );
    }
    const { queries } = under.models;
    const [holds, waiting] = [await queries.holds({ limit: 2 }), await queries.waiting({ limit: 2 })];
    const moreHolds = await queries.holds({ limit: 2, cursor: holds.value.nextCursor ?? '' });
    const moreWaiting = await queries.waiting({ limit: 2, cursor: waiting.value.nextCursor ?? '' });
    const held = [holds, moreHolds].map(({ value }) => value.items.map(({ orderId }) => orderId));
    expect(held).toEqual([
      ['O-C', 'O-B'],
      ['O-A', 'O-D'],
    ]);
    const waits = [waiting, moreWaiting].map(({ value }) => value.items.map(({ messageId }) => messageId));
    expect(waits).toEqual([
      ['C', 'B'],
      ['A', 'D'],
    ]);
    expect([moreHolds.value.nextCursor, moreWaiting.value.nextCursor]).toEqual([null, null]);
  });

  it('lists what waits until its document comes', async () => {
    const document = { kind: 'order', company: '', number: 'O1' } as const;
    const story = new AccountStory('A')
      .opened('2026-01-01')
      .waits('2026-01-02', 'early-dispute', 'invoice', 'I2')
      .invoice('2026-01-03', 'I1', '10.00', '2026-02-01', { waitingFor: [{ document }] });
    await under.tell(story);
    expect((await under.models.queries.waiting()).value.items).toMatchObject([
      { messageId: 'early-dispute', document: null, waitingFor: { kind: 'invoice', number: 'I2' } },
      { messageType: 'invoice.issued.v1', document: { kind: 'invoice', number: 'I1' }, waitingFor: document },
    ]);
    await under.tell(story.order('2026-01-04', 'O1', '10.00'));
    await under.tell(story.invoice('2026-01-05', 'I2', '10.00', '2026-02-01'));
    expect((await under.models.queries.waiting()).value.items).toEqual([]);
  });

  it('follows an order through its stages by status and amounts', async () => {
    const story = new AccountStory('A').opened('2026-01-01').order('2026-01-02', 'O1', '100.00');
    const order = async () => {
      await under.tell(story);
      return (await under.models.queries.order({ accountId: 'A', company: '', number: 'O1' })).value;
    };
    expect(await order()).toMatchObject({ status: 'approved', open: '100.00', shipped: '0.00' });
    story.shipped('2026-01-03', 'S1', 'O1', '60.00');
    expect(await order()).toMatchObject({ status: 'approved', open: '40.00', shipped: '60.00' });
    story.shipped('2026-01-04', 'S2', 'O1', '40.00');
    expect(await order()).toMatchObject({ status: 'shipped', open: '0.00', shipped: '100.00' });
    const moves = [story.move('deliveries', '-100.00', '2026-01-05', 'shipment', 'S1')];
    const money = { amount: '100.00', currency: 'EUR' };
    const data = { orderId: 'O1', invoiceId: 'I1', company: '', amount: money, issuedOn: '2026-01-05', final: false };
    const invoiced = story.standing('O1', { invoiced: 100 });
    story.add('order.invoiced.v1', { ...data, moves, order: invoiced }, { on: '2026-01-05' });
    expect(await order()).toMatchObject({ status: 'invoiced', shipped: '0.00', invoiced: '100.00' });
    const closed = { ...story.standing('O1', {}), status: 'closed' };
    story.add(
      'order.closed.v1',
      { orderId: 'O1', company: '', closedOn: '2026-01-06', order: closed },
      { on: '2026-01-06' },
    );
    expect(await order()).toMatchObject({ status: 'closed' });
  });

  it('stops, loudly, at a gap that the store has as well', async () => {
    const story = new AccountStory('A').opened('2026-01-01').limit('2026-01-02', '1.00').limit('2026-01-03', '2.00');
    const [opened, , late] = story.events;
    if (opened === undefined || late === undefined) throw new Error('three events were told');
    under.memory.append(opened, late);
    await expect(under.models.waitFor('000000000002', 300)).rejects.toMatchObject({ code: 'read-model.behind' });
    expect(under.errors[0]).toMatchObject({ code: 'feed.gap', gaps: [{ accountId: 'A', expected: 1, actual: 2 }] });
  });

  it('tells its lag in events and seconds', async () => {
    await under.tell(new AccountStory('A').opened('2026-01-01'));
    expect(await under.models.lag()).toEqual({ events: 0, atLeast: false, seconds: 0 });
    await under.models.stop();
    under.memory.append(...new AccountStory('B').opened('2026-01-01').limit('2026-01-01', '1.00').events);
    expect(await under.models.lag()).toMatchObject({ events: 2, atLeast: false });
    expect((await under.models.lag()).seconds).toBeGreaterThan(0);
  });
});
