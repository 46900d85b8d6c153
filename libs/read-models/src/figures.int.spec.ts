import { KnownAtTooLate, ReadModelBehind, UnknownAccount, UnknownDocument } from './errors';
import { AccountStory } from './testing/account-story';
import { openModels, type ModelsUnderTest } from './testing/open-models';

describe('figures as of a day, as known at an instant', () => {
  let under: ModelsUnderTest;
  beforeAll(async () => {
    under = await openModels();
  });
  afterAll(() => under.close());

  const agingOf = async (accountId: string, asOf: string, knownAt?: string) => {
    const answer = await under.models.queries.aging({
      by: 'account',
      asOf,
      limit: 'all',
      ...(knownAt === undefined ? {} : { knownAt }),
    });
    return answer.value.items.filter((item) => item.key === accountId);
  };

  it('ages what three payments leave of an invoice by its due date [odoo#16235]', async () => {
    const story = new AccountStory('ODOO-16235')
      .opened('2017-01-01')
      .invoice('2017-01-31', 'I1', '10000.00', '2017-02-28');
    for (const [n, amount] of ['1500.00', '1000.00', '2000.00'].entries()) {
      story.payment(`2017-03-0${n + 1}`, `P${n}`, amount).applied(`2017-03-0${n + 1}`, `A${n}`, `P${n}`, 'I1', amount);
    }
    await under.tell(story);
    const [item] = await agingOf('ODOO-16235', '2017-04-04');
    expect(item).toMatchObject({ total: '5500.00', overdue: '5500.00', openItems: 1 });
    expect(item?.buckets.find(({ from }) => from === 31)).toEqual({ from: 31, to: 60, amount: '5500.00', count: 1 });
    const open = await under.models.queries.openItems('ODOO-16235', { asOf: '2017-04-04' });
    expect(open.value.items).toMatchObject([{ number: 'I1', original: '10000.00', open: '5500.00', daysPastDue: 35 }]);
  });

  it('shows an invoice paid later as open before [OCA#707]', async () => {
    await under.tell(
      new AccountStory('OCA-707')
        .opened('2020-01-01')
        .invoice('2020-04-01', 'I1', '100.00', '2020-04-30')
        .payment('2020-06-30', 'P1', '100.00')
        .applied('2020-06-30', 'A1', 'P1', 'I1', '100.00'),
    );
    expect(await agingOf('OCA-707', '2020-05-31')).toMatchObject([{ total: '100.00', overdue: '100.00' }]);
    expect(await agingOf('OCA-707', '2020-06-30')).toEqual([]);
    expect(await agingOf('OCA-707', '2020-03-31')).toEqual([]);
  });

  it('pays instalments earliest first and ages each by its own due date [erpnext]', async () => {
    const items = [
      { number: 1, dueOn: '2026-02-01', amount: '30.00' },
      { number: 2, dueOn: '2026-03-01', amount: '50.00' },
      { number: 3, dueOn: '2026-04-01', amount: '20.00' },
    ];
    await under.tell(
      new AccountStory('INSTALMENTS')
        .opened('2026-01-01')
        .invoice('2026-01-01', 'I1', '100.00', '2026-02-01', { items })
        .payment('2026-01-15', 'P1', '40.00')
        .applied('2026-01-15', 'A1', 'P1', 'I1', '30.00', 1)
        .applied('2026-01-15', 'A2', 'P1', 'I1', '10.00', 2),
    );
    const invoice = await under.models.queries.invoice({ accountId: 'INSTALMENTS', company: '', number: 'I1' });
    expect(invoice.value.items.map(({ open }) => open)).toEqual(['0.00', '40.00', '20.00']);
    expect(invoice.value.open).toBe('60.00');
  });

  it('keeps a credit note that is not applied as a line of its own, not clipped [erpnext]', async () => {
    await under.tell(
      new AccountStory('NOT-CLIPPED')
        .opened('2026-01-01')
        .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
        .payment('2026-01-10', 'P1', '40.00')
        .applied('2026-01-10', 'A1', 'P1', 'I1', '40.00')
        .creditNote('2026-01-20', 'C1', '100.00'),
    );
    const open = await under.models.queries.openItems('NOT-CLIPPED', { asOf: '2026-01-25' });
    expect(open.value.items.map(({ kind, open: amount }) => [kind, amount])).toEqual([
      ['credit-note', '-100.00'],
      ['invoice', '60.00'],
    ]);
    const [item] = await agingOf('NOT-CLIPPED', '2026-01-25');
    expect(item).toMatchObject({ total: '-40.00', overdue: '0.00', openItems: 2 });
    expect(item?.buckets.map(({ amount, count }) => [amount, count])).toEqual([
      ['60.00', 1],
      ['-100.00', 1],
      ['0.00', 0],
      ['0.00', 0],
      ['0.00', 0],
    ]);
  });

  it('counts a post-dated payment from its date, and a reversal from its own', async () => {
    await under.tell(
      new AccountStory('DATED')
        .opened('2026-01-01')
        .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
        .payment('2026-03-01', 'P1', '100.00', '2026-02-01T08:00:00.000Z')
        .applied('2026-03-01', 'A1', 'P1', 'I1', '100.00')
        .reversed('2026-04-01', 'P1', 'A1', 'I1', '100.00'),
    );
    expect(await agingOf('DATED', '2026-02-28')).toMatchObject([{ total: '100.00' }]);
    expect(await agingOf('DATED', '2026-03-01')).toEqual([]);
    expect(await agingOf('DATED', '2026-04-01')).toMatchObject([{ total: '100.00', openItems: 1 }]);
    const payment = await under.models.queries.payment({ accountId: 'DATED', company: '', number: 'P1' });
    expect(payment.value).toMatchObject({ status: 'reversed', unapplied: '0.00' });
    expect(payment.value.applications).toMatchObject([{ applicationId: 'A1', amount: '100.00', standing: '0.00' }]);
  });

  it('answers as known at an instant: a back-dated invoice is not known before it was recorded', async () => {
    await under.tell(
      new AccountStory('KNOWN')
        .opened('2026-01-01')
        .invoice('2026-01-10', 'I1', '10.00', '2026-02-10')
        .invoice('2026-01-11', 'I2', '5.00', '2026-02-10', { recordedAt: '2026-05-01T00:00:00.000Z' }),
    );
    expect(await agingOf('KNOWN', '2026-01-31')).toMatchObject([{ total: '15.00', openItems: 2 }]);
    expect(await agingOf('KNOWN', '2026-01-31', '2026-04-30T23:59:59Z')).toMatchObject([
      { total: '10.00', openItems: 1 },
    ]);
    const { value } = await under.models.queries.exposure('KNOWN', {
      asOf: '2026-01-31',
      knownAt: '2026-02-01T00:00:00Z',
    });
    expect(value.total).toBe('10.00');
    await expect(under.models.queries.aging({ knownAt: '9000-01-01T00:00:00Z' })).rejects.toThrow(KnownAtTooLate);
  });

  it('disputes at most what is open, until the resolution', async () => {
    await under.tell(
      new AccountStory('DISPUTED')
        .opened('2026-01-01')
        .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
        .disputed('2026-01-05', 'D1', 'I1', '80.00')
        .payment('2026-01-10', 'P1', '70.00')
        .applied('2026-01-10', 'A1', 'P1', 'I1', '70.00')
        .resolved('2026-01-20', 'D1', 'I1'),
    );
    const disputed = async (asOf: string) => (await agingOf('DISPUTED', asOf)).map((item) => item.disputed);
    expect(await disputed('2026-01-04')).toEqual(['0.00']);
    expect(await disputed('2026-01-05')).toEqual(['80.00']);
    expect(await disputed('2026-01-19')).toEqual(['30.00']);
    expect(await disputed('2026-01-20')).toEqual(['0.00']);
  });

  it('nets exposure once on the total, with the limit of the day and utilisation half-up', async () => {
    await under.tell(
      new AccountStory('EXPOSED')
        .opened('2026-01-01')
        .limit('2026-01-01', '300.00', '2026-01-01', '2026-03-31')
        .limit('2026-01-02', '150.00', '2026-02-01', '2026-02-28')
        .order('2026-01-05', 'O1', '100.00')
        .shipped('2026-01-10', 'S1', 'O1', '60.00')
        .invoice('2026-01-15', 'I1', '50.00', '2026-02-15')
        .payment('2026-01-20', 'P1', '20.00'),
    );
    const on = async (asOf: string) => (await under.models.queries.exposure('EXPOSED', { asOf })).value;
    expect(await on('2026-01-12')).toMatchObject({
      total: '100.00',
      categories: { orders: '40.00', deliveries: '60.00', receivables: '0.00' },
      limit: '300.00',
      available: '200.00',
      utilisation: '0.3333',
    });
    expect(await on('2026-02-01')).toMatchObject({
      total: '130.00',
      limit: '150.00',
      available: '20.00',
      utilisation: '0.8667',
    });
    expect(await on('2026-04-01')).toMatchObject({ limit: null, available: null, utilisation: null });
  });

  it('lists other currencies and does not count them', async () => {
    const story = new AccountStory('CURRENCIES')
      .opened('2026-01-01')
      .invoice('2026-01-01', 'I1', '10.00', '2026-01-31');
    const moves = [story.move('receivables', '500', '2026-01-01', 'invoice', 'I2', 0, 'JPY')];
    const yen = { amount: '500', currency: 'JPY' };
    story.add(
      'invoice.issued.v1',
      {
        invoiceId: 'I2',
        company: '',
        amount: yen,
        issuedOn: '2026-01-01',
        items: [{ number: 0, dueOn: '2026-01-31', amount: yen }],
        moves,
      },
      { on: '2026-01-01' },
    );
    await under.tell(story);
    const { value } = await under.models.queries.exposure('CURRENCIES', { asOf: '2026-02-01' });
    expect(value).toMatchObject({ total: '10.00', unconverted: [yen] });
    expect((await agingOf('CURRENCIES', '2026-02-01')).map(({ currency, total }) => [currency, total])).toEqual([
      ['EUR', '10.00'],
      ['JPY', '500'],
    ]);
  });

  it('names what it does not know', async () => {
    await expect(under.models.queries.exposure('NOBODY')).rejects.toThrow(UnknownAccount);
    await expect(under.models.queries.order({ accountId: 'KNOWN', company: '', number: 'X' })).rejects.toThrow(
      UnknownDocument,
    );
    await expect(under.models.queries.order({ accountId: 'NOBODY', company: '', number: 'X' })).rejects.toThrow(
      UnknownAccount,
    );
  });

  it('waits for a position and says when it does not come', async () => {
    const story = new AccountStory('WAITED').opened('2026-01-01');
    const written = under.memory.append(...story.events);
    await under.models.waitFor(written, 5_000);
    expect((await under.models.queries.account('WAITED')).position).toBe(written);
    await expect(under.models.waitFor('000000999999', 100)).rejects.toThrow(ReadModelBehind);
  });
});
