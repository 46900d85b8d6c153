import { Client } from 'pg';
import { AccountStory } from './testing/account-story';
import { openModels, type ModelsUnderTest } from './testing/open-models';

const PROFILE = { country: 'DE', segment: 'retail', terms: 'NET30' } as unknown as { country: string };

describe('accounts at risk', () => {
  let under: ModelsUnderTest;
  beforeAll(async () => {
    under = await openModels();
    await under.tell(
      new AccountStory('GOOD').opened('2025-01-01', PROFILE).limit('2025-01-01', '1000.00'),
      new AccountStory('LATE')
        .opened('2025-01-01', PROFILE)
        .limit('2025-01-01', '1000.00')
        .invoice('2026-04-01', 'I1', '100.00', '2026-05-01'),
      new AccountStory('FULL')
        .opened('2025-01-01', PROFILE)
        .limit('2025-01-01', '100.00')
        .invoice('2026-06-01', 'I1', '50.00', '2026-07-31')
        .invoice('2026-06-20', 'I2', '40.00', '2026-07-31'),
      new AccountStory('CRITICAL')
        .opened('2025-01-01', PROFILE)
        .limit('2025-01-01', '50.00', '2025-01-01', '2026-06-15')
        .invoice('2026-02-01', 'I1', '80.00', '2026-03-01')
        .payment('2026-03-01', 'P1', '80.00')
        .applied('2026-03-01', 'A1', 'P1', 'I1', '80.00')
        .reversed('2026-05-10', 'P1', 'A1', 'I1', '80.00')
        .disputed('2026-05-20', 'D1', 'I1', '30.00'),
      new AccountStory('NO-PROFILE').opened('2026-01-01'),
      new AccountStory('SLOWER')
        .opened('2025-01-01', PROFILE)
        .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
        .payment('2026-02-02', 'P1', '100.00')
        .applied('2026-02-02', 'A1', 'P1', 'I1', '100.00')
        .invoice('2026-04-01', 'I2', '100.00', '2026-05-01')
        .payment('2026-05-21', 'P2', '100.00')
        .applied('2026-05-21', 'A2', 'P2', 'I2', '100.00'),
    );
  });
  afterAll(() => under.close());

  const risk = async (tier?: 'ok' | 'watch' | 'at-risk' | 'critical', asOf = '2026-06-30') => {
    const { value } = await under.models.queries.atRisk({ asOf, ...(tier === undefined ? {} : { tier }) });
    return value.items;
  };
  const of = async (accountId: string, asOf?: string) => {
    const found = (await risk(undefined, asOf)).find((item) => item.accountId === accountId);
    if (found === undefined) throw new Error(`${accountId} is not at risk`);
    return found;
  };

  it('names the reasons with their numbers, highest score first, and leaves out who is ok', async () => {
    const items = await risk();
    expect(items.map(({ accountId, tier }) => [accountId, tier])).toEqual([
      ['CRITICAL', 'critical'],
      ['LATE', 'at-risk'],
      ['FULL', 'watch'],
      ['SLOWER', 'watch'],
    ]);
    expect((await of('LATE')).reasons.map(({ signal, observed, threshold }) => [signal, observed, threshold])).toEqual([
      ['item.past-due', '60', '30'],
      ['overdue.share', '1.0000', '0.2500'],
    ]);
    expect((await of('FULL')).reasons).toMatchObject([{ signal: 'utilisation', observed: '0.9000', points: 20 }]);
    expect((await of('CRITICAL')).reasons.map(({ signal }) => signal)).toEqual([
      'item.past-due',
      'payment.bounced',
      'overdue.share',
      'dispute.share',
      'limit.expired',
    ]);
    expect((await of('SLOWER')).reasons).toMatchObject([{ signal: 'days-late.rising', observed: '20.0' }]);
    expect((await risk('ok')).map(({ accountId }) => accountId)).toEqual(['NO-PROFILE', 'GOOD']);
  });

  it('says since when the account has been in its tier without a break', async () => {
    // Overdue share alone is a watch from 2026-05-02; with the item 31 days past due it is at risk from 2026-06-01.
    expect((await of('LATE')).since).toBe('2026-06-01');
    expect((await of('LATE', '2026-05-20')).since).toBe('2026-05-02');
    expect((await of('FULL')).since).toBe('2026-06-20');
    // Past due, bounced and overdue make 70 at once when the payment bounces.
    expect((await of('CRITICAL')).since).toBe('2026-05-10');
  });

  describe('counts as days late only those of items that a payment closed', () => {
    /** An invoice that was paid two days late, and one that `closing` closes fifty days after its due date. */
    const closed = (id: string, closing: (story: AccountStory) => AccountStory): AccountStory =>
      closing(
        new AccountStory(id)
          .opened('2025-01-01', PROFILE)
          .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
          .payment('2026-02-02', 'P1', '100.00')
          .applied('2026-02-02', 'A1', 'P1', 'I1', '100.00')
          .invoice('2026-04-01', 'I2', '100.00', '2026-05-01'),
      );
    const tell = (id: string, closing: (story: AccountStory) => AccountStory) => under.tell(closed(id, closing));
    const signalsOf = async (id: string): Promise<readonly string[]> => {
      const all = [...(await risk()), ...(await risk('ok'))];
      return all.find(({ accountId }) => accountId === id)?.reasons.map(({ signal }) => signal) ?? [];
    };
    const paid = (story: AccountStory, on: string, id: string, amount: string) =>
      story.payment(on, `P-${id}`, amount).applied(on, `A-${id}`, `P-${id}`, 'I2', amount);
    const credited = (story: AccountStory, on: string, amount: string) =>
      story.creditNote(on, 'C1', amount).credited(on, 'AC', 'C1', 'I2', amount);

    it.each<[string, (story: AccountStory) => AccountStory, boolean]>([
      ['by a payment', (story) => paid(story, '2026-06-20', '1', '100.00'), true],
      ['by a write-off', (story) => story.writtenOff('2026-06-20', 'W1', 'I2', '100.00'), false],
      ['by a credit note', (story) => credited(story, '2026-06-20', '100.00'), false],
      [
        'by a payment, after a credit note',
        (s) => paid(credited(s, '2026-05-01', '40.00'), '2026-06-20', '1', '60.00'),
        true,
      ],
      [
        'by a credit note, after a payment',
        (s) => credited(paid(s, '2026-05-01', '1', '60.00'), '2026-06-20', '40.00'),
        false,
      ],
      [
        'by a payment, after a write-off of a part',
        (story) => paid(story.writtenOff('2026-05-01', 'W1', 'I2', '40.00'), '2026-06-20', '1', '60.00'),
        false,
      ],
      [
        'by a payment that bounced the same day, and a write-off',
        (story) =>
          paid(story, '2026-06-20', '1', '100.00')
            .reversed('2026-06-20', 'P-1', 'A-1', 'I2', '100.00')
            .writtenOff('2026-06-20', 'W1', 'I2', '100.00'),
        false,
      ],
    ])('%s', async (how, closing, counts) => {
      await tell(how, closing);
      expect((await signalsOf(how)).includes('days-late.rising')).toBe(counts);
    });

    it('in the days since when, too', async () => {
      // A write-off early on does not make the account a watch from then: it becomes one only when it runs over its limit.
      const limited = (story: AccountStory) =>
        story.limit('2026-04-01', '150.00').writtenOff('2026-06-01', 'W1', 'I2', '100.00');
      await tell('SINCE', (story) => limited(story).invoice('2026-06-20', 'I3', '140.00', '2026-07-31'));
      expect((await of('SINCE')).since).toBe('2026-06-20');
    });
  });

  it('shows the same tiers, scores and signals to SQL as of today', async () => {
    const client = new Client({ connectionString: under.database.connectionString });
    await client.connect();
    try {
      const { rows: days } = await client.query<{ day: string }>(`SELECT reporting.business_date()::text AS day`);
      const all = [...(await risk(undefined, days[0]?.day)), ...(await risk('ok', days[0]?.day))];
      const { rows } = await client.query<{ account_id: string; tier: string; score: number; signals: string[] }>(
        `SELECT account_id, tier, score, signals FROM reporting.at_risk`,
      );
      const fromSql = rows.map((row) => [row.account_id, row.tier, row.score, [...row.signals].sort()]).sort();
      const fromApi = all.map((item) => [
        item.accountId,
        item.tier,
        item.score,
        item.reasons.map((r) => r.signal).sort(),
      ]);
      expect(fromSql).toEqual(fromApi.sort());
    } finally {
      await client.end();
    }
  });
});

describe('pages of accounts at risk', () => {
  let under: ModelsUnderTest;
  beforeEach(async () => {
    under = await openModels();
  });
  afterEach(() => under.close());

  it('show what was known when the first was asked for, also when that has been forgotten', async () => {
    const paidLate = new AccountStory('X')
      .opened('2025-01-01', PROFILE)
      .limit('2025-01-01', '500.00', '2025-01-01', '2026-06-15')
      .invoice('2026-01-01', 'I0', '100.00', '2026-01-31')
      .payment('2026-02-02', 'P0', '100.00')
      .applied('2026-02-02', 'A0', 'P0', 'I0', '100.00')
      .invoice('2026-05-10', 'I1', '100.00', '2026-06-10')
      .invoice('2026-05-10', 'I2', '100.00', '2026-06-10');
    const full = new AccountStory('Y')
      .opened('2025-01-01', PROFILE)
      .limit('2025-01-01', '100.00')
      .invoice('2026-05-10', 'I1', '95.00', '2026-06-10');
    const slower = new AccountStory('Z')
      .opened('2025-01-01', PROFILE)
      .invoice('2026-01-01', 'I1', '100.00', '2026-01-31')
      .payment('2026-02-02', 'P1', '100.00')
      .applied('2026-02-02', 'A1', 'P1', 'I1', '100.00')
      .invoice('2026-04-01', 'I2', '100.00', '2026-05-01')
      .payment('2026-05-21', 'P2', '100.00')
      .applied('2026-05-21', 'A2', 'P2', 'I2', '100.00');
    await under.tell(paidLate, full, slower);
    const { queries } = under.models;
    const whole = await queries.atRisk({ asOf: '2026-06-30' });
    const first = await queries.atRisk({ asOf: '2026-06-30', limit: 1 });
    expect(whole.value.items.map(({ accountId, score }) => [accountId, score])).toEqual([
      ['Y', 40],
      ['X', 35],
      ['Z', 15],
    ]);

    // Of all of it nothing was known then: paid ten days late, overdue and disputed long ago, an older limit, a bounce.
    paidLate
      .payment('2026-06-20', 'P1', '100.00')
      .applied('2026-06-20', 'A1', 'P1', 'I1', '100.00')
      .invoice('2026-03-01', 'I3', '40.00', '2026-03-10')
      .disputed('2026-03-12', 'D1', 'I3', '40.00')
      .resolved('2026-03-20', 'D1', 'I3')
      .limit('2026-02-01', '10.00', '2026-02-01', '2026-03-31')
      .payment('2026-06-05', 'P3', '40.00')
      .applied('2026-06-05', 'A3', 'P3', 'I3', '40.00')
      .reversed('2026-06-06', 'P3', 'A3', 'I3', '40.00')
      .payment('2026-06-07', 'P4', '40.00')
      .applied('2026-06-07', 'A4', 'P4', 'I3', '40.00');
    slower.reversed('2026-05-25', 'P2', 'A2', 'I2', '100.00');
    await under.tell(paidLate, slower);
    for (const asOf of ['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04']) await queries.atRisk({ asOf });
    const now = await queries.atRisk({ asOf: '2026-06-30' });
    expect(now.value.items.map(({ accountId }) => accountId)).toEqual(['X', 'Z', 'Y']);
    const second = await queries.atRisk({ cursor: first.value.nextCursor ?? '' });
    expect([...first.value.items, ...second.value.items]).toEqual(whole.value.items);
  });
});
