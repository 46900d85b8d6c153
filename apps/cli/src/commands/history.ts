import type { HistoryItem, Page } from '@duestream/contracts';
import { segment } from '../server/client';
import { grouped } from '../terminal/figures';
import type { Report } from '../terminal/report';
import { showReport, withCommonOptions, type AddCommand, type CommonOptions } from './context';

interface HistoryOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
}

export const addHistory: AddCommand = (program, context) => {
  const command = program
    .command('history')
    .description('everything that happened to an account, from the event store itself')
    .argument('<account>', 'the account’s id')
    .option('--from <revision>', 'first revision (from 0)')
    .option('--to <revision>', 'last revision');
  withCommonOptions(command).action(async (account: string, options: HistoryOptions) => {
    await showReport(options, context, async (server) => {
      const { from, to } = options;
      return historyReport(await server.list<HistoryItem>(`/v1/accounts/${segment(account)}/history`, { from, to }));
    });
  });
};

export function historyReport(page: Page<HistoryItem>): Report<HistoryItem> {
  return {
    json: page,
    columns: [
      { name: 'revision', title: '#', right: true, value: (item) => item.revision },
      { name: 'effectiveAt', title: 'counts from', value: (item) => item.effectiveAt },
      { name: 'recordedAt', title: 'recorded at', value: (item) => item.recordedAt },
      {
        name: 'type',
        title: 'event',
        value: (item) => item.type,
        shown: (item) => item.type.replace(/^duestream\.|\.v\d+$/g, ''),
      },
      { name: 'document', title: 'document', value: documentOf },
      {
        name: 'amount',
        title: 'amount',
        right: true,
        value: (item) => amountOf(item).text,
        shown: (item) => grouped(amountOf(item).text),
      },
      { name: 'currency', title: 'currency', value: (item) => amountOf(item).currency },
      { name: 'actor', title: 'actor', value: (item) => item.actor.id },
      { name: 'id', value: (item) => item.id },
      { name: 'position', value: (item) => item.position },
      { name: 'data', value: (item) => JSON.stringify(item.data) },
      { name: 'hash', value: (item) => item.hash },
    ],
    rows: page.items,
    empty: 'nothing happened',
  };
}

/** The number that the event is about: its own comes before those that it names. */
function documentOf({ data }: HistoryItem): string {
  const names = [
    'applicationId',
    'creditNoteId',
    'disputeId',
    'writeOffId',
    'refundId',
    'paymentId',
    'invoiceId',
    'shipmentId',
    'orderId',
  ];
  for (const name of names) {
    const number = data[name];
    if (typeof number === 'string') return number;
  }
  return '';
}

function amountOf({ data }: HistoryItem): { readonly text: string; readonly currency: string } {
  for (const name of ['amount', 'total']) {
    const money = data[name];
    if (money === null || typeof money !== 'object') continue;
    const amount: unknown = Reflect.get(money, 'amount');
    const currency: unknown = Reflect.get(money, 'currency');
    if (typeof amount === 'string' && typeof currency === 'string') return { text: amount, currency };
  }
  return { text: '', currency: '' };
}
