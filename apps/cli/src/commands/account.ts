import type { AccountView } from '@duestream/contracts';
import { segment } from '../server/client';
import { grouped } from '../terminal/figures';
import type { Report } from '../terminal/report';
import { showReport, withCommonOptions, type AddCommand, type CommonOptions } from './context';

interface Field {
  readonly field: string;
  readonly value: string;
  readonly shown: string;
}

export const addAccount: AddCommand = (program, context) => {
  const command = program
    .command('account')
    .description('an account’s master data')
    .argument('<account>', 'the account’s id');
  withCommonOptions(command).action(async (account: string, options: CommonOptions) => {
    await showReport(options, context, async (server) =>
      accountReport(await server.get<AccountView>(`/v1/accounts/${segment(account)}`)),
    );
  });
};

/** Every field that the server names, so that none is lost between versions. */
export function accountReport(view: AccountView): Report<Field> {
  return {
    json: view,
    columns: [
      { name: 'field', title: 'field', value: (row) => row.field },
      { name: 'value', title: 'value', value: (row) => row.value, shown: (row) => row.shown },
    ],
    rows: Object.entries(view).flatMap(([name, value]) => fieldsOf(name, value)),
  };
}

function fieldsOf(name: string, value: unknown): readonly Field[] {
  if (value === null || value === undefined || value === '') return [{ field: name, value: '', shown: '–' }];
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([member, inner]) => fieldsOf(`${name}.${member}`, inner));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [{ field: name, value: text, shown: name.endsWith('amount') ? grouped(text) : text }];
}
