import { PassThrough } from 'node:stream';
import type { AgingItem } from '@duestream/contracts';
import { agingReport } from '../commands/aging';
import { grouped, percent, sumOf } from './figures';
import { writeReport, type Report } from './report';
import type { Format } from './terminal';

async function shown<Row>(report: Report<Row>, format: Format): Promise<string> {
  const out = new PassThrough();
  await writeReport(report, format, { out, err: new PassThrough() });
  return String(out.read());
}

const bucket = (from: number | null, to: number | null, amount: string, count: number) => ({ from, to, amount, count });
const items: readonly AgingItem[] = [
  {
    key: 'C-1',
    currency: 'USD',
    buckets: [bucket(null, 0, '1234567.50', 3), bucket(1, 30, '-20.00', 1)],
    total: '1234547.50',
    overdue: '0.00',
    disputed: '0.00',
    openItems: 4,
  },
  {
    key: 'a,b',
    currency: 'USD',
    buckets: [bucket(null, 0, '0.50', 1), bucket(1, 30, '0.00', 0)],
    total: '0.50',
    overdue: '0.00',
    disputed: '0.00',
    openItems: 1,
  },
];
const report = agingReport({ items, nextCursor: null }, { by: 'account', asOf: '2026-01-31' });

describe('a report', () => {
  it('as a table groups thousands, aligns amounts to the right and ends in totals', async () => {
    expect(await shown(report, 'table')).toBe(
      [
        'aging as of 2026-01-31',
        '',
        'account  currency       not due    1–30         total  overdue  disputed  open items',
        '────────────────────────────────────────────────────────────────────────────────────',
        'C-1      USD       1,234,567.50  -20.00  1,234,547.50     0.00      0.00           4',
        'a,b      USD               0.50    0.00          0.50     0.00      0.00           1',
        '────────────────────────────────────────────────────────────────────────────────────',
        'total    USD       1,234,568.00  -20.00  1,234,548.00     0.00      0.00           5',
        '',
      ].join('\n'),
    );
  });

  it('as CSV has plain amounts and counts, and no totals', async () => {
    expect(await shown(report, 'csv')).toBe(
      [
        'key,currency,not due,not due count,1–30,1–30 count,total,overdue,disputed,openItems',
        'C-1,USD,1234567.50,3,-20.00,1,1234547.50,0.00,0.00,4',
        '"a,b",USD,0.50,1,0.00,0,0.50,0.00,0.00,1',
        '',
      ].join('\n'),
    );
  });

  it('as JSON is what the server answered', async () => {
    expect(JSON.parse(await shown(report, 'json'))).toEqual({ items, nextCursor: null });
  });

  it('says so when there is nothing', async () => {
    expect(await shown(agingReport({ items: [], nextCursor: null }, { by: 'portfolio' }), 'table')).toContain(
      'nothing is open',
    );
  });

  it('lets no name move the cursor or break a line', async () => {
    const [first] = items;
    if (first === undefined) throw new Error('no item');
    const evil = agingReport({ items: [{ ...first, key: 'a\u001b[2J\nb' }], nextCursor: null }, { by: 'account' });
    expect(await shown(evil, 'table')).not.toMatch(/\u001b/);
  });
});

describe('figures', () => {
  it.each([
    ['0.00', '0.00'],
    ['999.99', '999.99'],
    ['1000', '1,000'],
    ['-1234567.891', '-1,234,567.891'],
    ['n/a', 'n/a'],
  ])('groups %s as %s', (amount, expected) => expect(grouped(amount)).toBe(expected));

  it('shows a ratio in percent without rounding up to the whole', () => {
    expect(['0.9153', '0.99999', '1', '12.5', '0'].map(percent)).toEqual([
      '91.5 %',
      '99.9 %',
      '100.0 %',
      '1,250.0 %',
      '0.0 %',
    ]);
  });

  it('adds exactly', () =>
    expect(sumOf(['0.10', '0.20', '-0.30', '999999999999999999.99'], 'EUR')).toBe('999999999999999999.99'));
});
