import { Option } from 'commander';
import type { AtRiskItem, Page } from '@duestream/contracts';
import type { Report } from '../terminal/report';
import { showReport, withCommonOptions, type AddCommand, type CommonOptions } from './context';

interface AtRiskOptions extends CommonOptions {
  readonly tier?: string;
}

export const addAtRisk: AddCommand = (program, context) => {
  const command = program
    .command('at-risk')
    .description('accounts that need attention, with the reasons and since when')
    .addOption(new Option('--tier <tier>', 'only this tier').choices(['watch', 'at-risk', 'critical']));
  withCommonOptions(command).action(async (options: AtRiskOptions) => {
    await showReport(options, context, async (server) =>
      atRiskReport(await server.list<AtRiskItem>('/v1/at-risk', { tier: options.tier })),
    );
  });
};

export function atRiskReport(page: Page<AtRiskItem>): Report<AtRiskItem> {
  const reasons = (item: AtRiskItem) => item.reasons.map((reason) => reason.message);
  return {
    json: page,
    columns: [
      { name: 'accountId', title: 'account', value: (item) => item.accountId },
      { name: 'name', title: 'name', value: (item) => item.name },
      { name: 'tier', title: 'tier', value: (item) => item.tier },
      { name: 'score', title: 'score', right: true, value: (item) => item.score },
      { name: 'since', title: 'since', value: (item) => item.since },
      { name: 'reasons', title: 'reasons', value: (item) => reasons(item).join('; '), lines: reasons },
    ],
    rows: page.items,
    empty: 'no account is at risk',
  };
}
