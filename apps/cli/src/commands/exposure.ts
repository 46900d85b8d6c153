import type { ExposureView } from '@duestream/contracts';
import { segment } from '../server/client';
import { grouped, percent } from '../terminal/figures';
import type { Report } from '../terminal/report';
import { showReport, withCommonOptions, type AddCommand, type CommonOptions } from './context';

interface ExposureOptions extends CommonOptions {
  readonly asOf?: string;
  readonly knownAt?: string;
}

interface Line {
  readonly name: string;
  readonly label: string;
  readonly currency: string;
  readonly amount: string | null;
}

export const addExposure: AddCommand = (program, context) => {
  const command = program
    .command('exposure')
    .description('what an account owes and has on order, by category, against its limit')
    .argument('<account>', 'the account’s id')
    .option('--as-of <date>', 'the day to look at (default: the business date)')
    .option('--known-at <time>', 'as known at that time (RFC 3339)');
  withCommonOptions(command).action(async (account: string, options: ExposureOptions) => {
    await showReport(options, context, async (server) => {
      const { asOf, knownAt } = options;
      return exposureReport(
        await server.get<ExposureView>(`/v1/accounts/${segment(account)}/exposure`, { asOf, knownAt }),
      );
    });
  });
};

export function exposureReport(view: ExposureView): Report<Line> {
  const { categories, currency } = view;
  const line = (name: string, label: string, amount: string | null): Line => ({ name, label, currency, amount });
  const rows = [
    line('orders', 'open orders', categories.orders),
    line('deliveries', 'shipped, not invoiced', categories.deliveries),
    line('billing', 'billed, not posted', categories.billing),
    line('receivables', 'receivables', categories.receivables),
    line('special', 'special liabilities', categories.special),
    line('unappliedCash', 'less unapplied cash', categories.unappliedCash),
    line('creditNotes', 'less open credit notes', categories.creditNotes),
    line('secured', 'less secured', categories.secured),
    ...view.unconverted.map((money) => ({ name: 'unconverted', label: 'not converted, not counted', ...money })),
  ];
  const totals = [
    line('total', 'exposure', view.total),
    line('limit', 'limit', view.limit),
    line('available', 'available', view.available),
  ];
  const utilisation = view.utilisation === null ? '' : `, ${percent(view.utilisation)} of the limit used`;
  return {
    json: view,
    columns: [
      { name: 'figure', value: (row) => row.name },
      { name: 'label', title: 'category', value: (row) => row.label },
      { name: 'currency', title: 'currency', value: (row) => row.currency },
      {
        name: 'amount',
        title: 'amount',
        right: true,
        value: (row) => row.amount,
        shown: (row) => (row.amount === null ? 'none' : grouped(row.amount)),
      },
    ],
    rows,
    totals,
    totalsInCsv: true,
    heading: `exposure of ${view.accountId}${utilisation}`,
  };
}
