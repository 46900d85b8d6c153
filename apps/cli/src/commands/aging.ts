import { Option } from 'commander';
import type { AgingBucket, AgingBy, AgingItem, Page } from '@duestream/contracts';
import { grouped, sumOf } from '../terminal/figures';
import type { Column, Report } from '../terminal/report';
import { showReport, withCommonOptions, type AddCommand, type CommonOptions } from './context';

interface AgingOptions extends CommonOptions {
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly by: AgingBy;
  readonly currency?: string;
  readonly buckets?: string;
}

export const addAging: AddCommand = (program, context) => {
  const command = program
    .command('aging')
    .description('open items by days past due, with totals and counts per currency')
    .option('--as-of <date>', 'the day to look at (default: the business date)')
    .option('--known-at <time>', 'as known at that time (RFC 3339)')
    .addOption(new Option('--by <group>', 'group by').choices(['portfolio', 'account', 'segment']).default('portfolio'))
    .option('--currency <code>', 'only this currency')
    .option('--buckets <days>', 'borders in days past due, such as 30,60,90');
  withCommonOptions(command).action(async (options: AgingOptions) => {
    await showReport(options, context, async (server) => {
      const { asOf, knownAt, by, currency, buckets } = options;
      const page = await server.list<AgingItem>('/v1/aging', { asOf, knownAt, by, currency, buckets });
      return agingReport(page, options);
    });
  });
};

export function agingReport(
  page: Page<AgingItem>,
  { by, asOf, knownAt }: Pick<AgingOptions, 'by' | 'asOf' | 'knownAt'>,
): Report<AgingItem> {
  const borders = page.items[0]?.buckets ?? [];
  const columns: Column<AgingItem>[] = [
    by === 'portfolio'
      ? { name: 'key', value: (item) => item.key }
      : {
          name: 'key',
          title: by,
          value: (item) => item.key,
          shown: (item) => (item.key === '' ? NO_SEGMENT : item.key),
        },
    { name: 'currency', title: 'currency', value: (item) => item.currency },
    ...borders.flatMap((border, index) => bucketColumns(border, index)),
    figure('total', (item) => item.total),
    figure('overdue', (item) => item.overdue),
    figure('disputed', (item) => item.disputed),
    {
      name: 'openItems',
      title: 'open items',
      right: true,
      value: (item) => item.openItems,
      shown: (item) => grouped(String(item.openItems)),
    },
  ];
  const known = knownAt === undefined ? '' : `, as known at ${knownAt}`;
  return {
    json: page,
    columns,
    rows: page.items,
    totals: by === 'portfolio' ? [] : totalsOf(page.items),
    heading: `aging as of ${asOf ?? 'today'}${known}`,
    empty: 'nothing is open',
  };
}

const TOTAL = 'total';
const NO_SEGMENT = '(none)';

function figure(name: string, value: (item: AgingItem) => string): Column<AgingItem> {
  return { name, title: name, right: true, value, shown: (item) => grouped(value(item)) };
}

function bucketColumns(border: AgingBucket, index: number): readonly Column<AgingItem>[] {
  const amount = (item: AgingItem) => item.buckets[index]?.amount ?? '0';
  const count = (item: AgingItem) => item.buckets[index]?.count ?? 0;
  const name = bucketName(border);
  return [
    { name, title: name, right: true, value: amount, shown: (item) => grouped(amount(item)) },
    { name: `${name} count`, value: count },
  ];
}

function bucketName({ from, to }: AgingBucket): string {
  if (from === null) return to === 0 ? 'not due' : `up to ${to}`;
  return to === null ? `${from}+` : `${from}–${to}`;
}

/** One line per currency: amounts of different currencies are never added. */
function totalsOf(items: readonly AgingItem[]): readonly AgingItem[] {
  return [...new Set(items.map((item) => item.currency))].map((currency) => {
    const some = items.filter((item) => item.currency === currency);
    return totalOf(some, currency);
  });
}

function totalOf(some: readonly AgingItem[], currency: string): AgingItem {
  return {
    key: TOTAL,
    currency,
    buckets: (some[0]?.buckets ?? []).map((bucket, index) => ({
      ...bucket,
      amount: sumOf(
        some.map((item) => item.buckets[index]?.amount ?? '0'),
        currency,
      ),
      count: some.reduce((sum, item) => sum + (item.buckets[index]?.count ?? 0), 0),
    })),
    total: sumOf(
      some.map((item) => item.total),
      currency,
    ),
    overdue: sumOf(
      some.map((item) => item.overdue),
      currency,
    ),
    disputed: sumOf(
      some.map((item) => item.disputed),
      currency,
    ),
    openItems: some.reduce((sum, item) => sum + item.openItems, 0),
  };
}
