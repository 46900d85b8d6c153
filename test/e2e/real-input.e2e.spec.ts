import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import type { AgingBucket, AgingItem, HistoryItem } from '@duestream/contracts';
import { useTestDatabase } from '@duestream/platform/testing';
import { runProgram } from '../../apps/cli/src/program';
import { startTestServer, type TestServer } from './support/server';

const root = path.resolve(__dirname, '../..');
const shared = path.resolve(root, '../shared/data');
const isHere = existsSync(path.join(shared, 'ibm-ar')) && existsSync(path.join(shared, 'highradius-s1'));

if (!isHere) {
  process.stderr.write('\n!! SKIPPED: no acceptance data in ../shared/data: imports are not checked against it\n\n');
}

const BUCKETS = ['current', '1-30', '31-60', '61-90', '90+'] as const;
type ByBucket = Readonly<Record<(typeof BUCKETS)[number], number>>;

interface Ageing {
  readonly amount_cents: ByBucket;
  readonly count: ByBucket;
}

interface IbmAgeing extends Ageing {
  readonly total_cents: number;
  readonly open_invoices: number;
  readonly overdue_cents: number;
  readonly disputed_open_cents: number;
}

interface IbmExpected {
  readonly totals: { readonly invoices: number };
  readonly ageing: Readonly<Record<string, IbmAgeing & { readonly per_customer: Readonly<Record<string, IbmAgeing>> }>>;
  readonly customers_first_40: Readonly<Record<string, { readonly synthetic_limit_cents: number }>>;
}

interface HighRadiusExpected {
  readonly expected: {
    readonly items: number;
    readonly ageing: Readonly<Record<string, Readonly<Record<string, Ageing>>>>;
  };
}

(isHere ? describe : describe.skip)('duestream import of real input', () => {
  const database = useTestDatabase();
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'duestream-real-'));
    server = await startTestServer(database().connectionString);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('IBM: takes every row, observes each order against its limit, and ages to the cent', async () => {
    const expected = read<IbmExpected>('ibm-ar/expected.json');
    const { invoices } = expected.totals;
    const limits = Object.entries(expected.customers_first_40).map(
      ([customer, { synthetic_limit_cents: cents }]) => [customer, cents] as const,
    );
    await duestream('import', limitsFile(limits));

    const importIbm = [
      'import',
      inShared('ibm-ar/accounts-receivable.csv'),
      '--mapping',
      mapping('ibm-ar.json'),
      '--observe',
    ];
    expect(await duestream(...importIbm)).toMatchObject({ accepted: invoices, duplicate: 0, waiting: 0, refused: 0 });
    await expectIbmAgeing(expected);
    for (const [customer, cents] of limits) expect(await observedHolds(customer)).toEqual(wouldBeHeld(customer, cents));

    expect(await duestream(...importIbm)).toMatchObject({
      accepted: 0,
      duplicate: invoices,
      waiting: 0,
      refused: 0,
      problems: [],
    });
    await expectIbmAgeing(expected);
  }, 300_000);

  it('HighRadius: ages every open item in its own currency', async () => {
    const { expected } = read<HighRadiusExpected>('highradius-s1/expected.json');
    const report = await duestream(
      'import',
      inShared('highradius-s1/open-items.csv'),
      '--mapping',
      mapping('highradius.json'),
    );
    expect(report).toMatchObject({ accepted: expected.items, refused: 0 });
    for (const [asOf, byCurrency] of Object.entries(expected.ageing)) {
      const items = await aging('--as-of', asOf);
      for (const [currency, want] of Object.entries(byCurrency)) {
        const item = items.find((one) => one.currency === currency);
        expect({ asOf, currency, ...ageingOf(item?.buckets ?? []) }).toEqual({ asOf, currency, ...want });
      }
    }
  }, 300_000);

  async function duestream(...args: readonly string[]): Promise<Record<string, unknown>> {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const [stdout, stderr] = [text(out), text(err)];
    const code = await runProgram([...args, '--url', server.url, '--format', 'json'], { out, err }, {});
    out.end();
    err.end();
    if (code !== 0) throw new Error(`exit ${code}: ${await stderr}`);
    return JSON.parse(await stdout) as Record<string, unknown>;
  }

  async function aging(...args: readonly string[]): Promise<readonly AgingItem[]> {
    return (await duestream('aging', ...args))['items'] as readonly AgingItem[];
  }

  async function expectIbmAgeing({ ageing }: IbmExpected): Promise<void> {
    for (const [asOf, { per_customer: perCustomer, ...whole }] of Object.entries(ageing)) {
      const [portfolio] = await aging('--as-of', asOf, '--currency', 'USD');
      expect({ asOf, ...figuresOf(portfolio) }).toEqual({ asOf, ...whole });
      const accounts = new Map(
        (await aging('--as-of', asOf, '--currency', 'USD', '--by', 'account')).map((item) => [item.key, item]),
      );
      for (const [customer, want] of Object.entries(perCustomer)) {
        expect({ asOf, customer, ...figuresOf(accounts.get(customer)) }).toEqual({ asOf, customer, ...want });
      }
    }
  }

  async function observedHolds(customer: string): Promise<readonly string[]> {
    const { items } = await duestream('history', customer);
    return (items as readonly HistoryItem[]).flatMap(({ type, data }) => {
      const decision = data['decision'];
      const isHeld = decision !== null && typeof decision === 'object' && Reflect.get(decision, 'outcome') === 'held';
      return type === 'duestream.credit.observed.v1' && isHeld ? [String(data['orderId'])] : [];
    });
  }

  function limitsFile(limits: readonly (readonly [string, number])[]): string {
    const file = path.join(folder, 'limits.ndjson');
    const line = (id: string, type: string, subject: string, data: object) =>
      JSON.stringify({ specversion: '1.0', id, source: '/test', type, subject, data });
    const lines = limits.flatMap(([customer, cents]) => [
      line(`open ${customer}`, 'account.opened.v1', customer, { name: customer, currency: 'USD' }),
      line(`limit ${customer}`, 'limit.set.v1', customer, {
        amount: { amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`, currency: 'USD' },
        validFrom: '2012-01-01',
      }),
    ]);
    writeFileSync(file, lines.join('\n'));
    return file;
  }
});

/** By the rule of expected.json: settlements of the day first, then invoices by number; a blocked one is posted all the same. */
function wouldBeHeld(customer: string, limitCents: number): readonly string[] {
  const rows = parse<Record<string, string>>(readFileSync(inShared('ibm-ar/accounts-receivable.csv')), {
    columns: true,
  })
    .filter((row) => row['customerID'] === customer)
    .map((row) => ({
      number: row['invoiceNumber'] ?? '',
      cents: Math.round(Number(row['InvoiceAmount']) * 100),
      invoiced: Date.parse(row['InvoiceDate'] ?? ''),
      settled: Date.parse(row['SettledDate'] ?? ''),
    }))
    .sort((a, b) => a.invoiced - b.invoiced || (a.number < b.number ? -1 : 1));
  return rows
    .filter(({ cents, invoiced }, index) => {
      const open = rows.slice(0, index).filter((earlier) => earlier.settled > invoiced);
      return open.reduce((sum, earlier) => sum + earlier.cents, 0) + cents > limitCents;
    })
    .map(({ number }) => number);
}

function figuresOf(item: AgingItem | undefined): IbmAgeing {
  return {
    ...ageingOf(item?.buckets ?? []),
    total_cents: cents(item?.total),
    open_invoices: item?.openItems ?? 0,
    overdue_cents: cents(item?.overdue),
    disputed_open_cents: cents(item?.disputed),
  };
}

/** A group with nothing open is left out of the answer, so nothing means zero. */
function ageingOf(buckets: readonly AgingBucket[]): Ageing {
  const byName = (figure: (bucket: AgingBucket) => number) =>
    Object.fromEntries(
      BUCKETS.map((name, index) => [name, buckets[index] === undefined ? 0 : figure(buckets[index])]),
    ) as ByBucket;
  return { amount_cents: byName((bucket) => cents(bucket.amount)), count: byName((bucket) => bucket.count) };
}

function cents(amount = '0'): number {
  return Number(amount.replace('.', ''));
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(inShared(file), 'utf8')) as T;
}

function inShared(file: string): string {
  return path.join(shared, file);
}

function mapping(file: string): string {
  return path.join(root, 'examples/mappings', file);
}
