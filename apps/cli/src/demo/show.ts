import type { AgingItem, AtRiskItem, ExposureView, Page, RebuildResult, VerifyResult } from '@duestream/contracts';
import { agingReport } from '../commands/aging';
import { atRiskReport } from '../commands/at-risk';
import { exposureReport } from '../commands/exposure';
import type { ServerClient } from '../server/client';
import { segment } from '../server/client';
import { grouped } from '../terminal/figures';
import { writeReport } from '../terminal/report';
import { write, type Terminal } from '../terminal/terminal';
import { FAILING_ACCOUNT } from './customers';
import type { Tally } from './company';

const MOST_AT_RISK = 8;

/** What an analyst would want to see of the company, in the words of the ordinary commands. */
export async function showCompany(
  server: ServerClient,
  terminal: Terminal,
  tally: Tally,
  today: string,
): Promise<void> {
  const heading = (text: string): Promise<void> =>
    write(terminal.out, `\n── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}\n`);
  await heading('credit decisions');
  await write(terminal.out, decisionsText(tally));

  await heading('aging');
  const aging = await server.list<AgingItem>('/v1/aging', { asOf: today });
  await writeReport(agingReport(aging, { by: 'portfolio', asOf: today }), 'table', terminal);

  await heading('accounts at risk');
  const risky = await server.list<AtRiskItem>('/v1/at-risk');
  const worst: Page<AtRiskItem> = { items: risky.items.slice(0, MOST_AT_RISK), nextCursor: null };
  await writeReport(atRiskReport(worst), 'table', terminal);
  await write(terminal.out, `${risky.items.length} of ${tally.accounts} accounts need attention\n`);

  await heading(`exposure of ${FAILING_ACCOUNT}, the one that slowly went bad`);
  const exposure = await server.get<ExposureView>(`/v1/accounts/${segment(FAILING_ACCOUNT)}/exposure`);
  await writeReport(exposureReport(exposure), 'table', terminal);
}

export async function showProof(terminal: Terminal, verified: VerifyResult, rebuilt: RebuildResult): Promise<void> {
  const events = grouped(String(verified.events));
  const chain = verified.intact ? `intact: no event was altered, dropped or added` : 'NOT intact';
  const equal = rebuilt.models.every((model) => model.equal);
  const rows = grouped(String(rebuilt.models.reduce((sum, model) => sum + model.rows, 0)));
  const speed = grouped(String(Math.round(rebuilt.events / Math.max(rebuilt.seconds, 0.001))));
  await write(
    terminal.out,
    `\n── proof ${'─'.repeat(71)}\n` +
      `history      ${events} events of ${verified.accounts} accounts, ${chain}\n` +
      `read models  built again from the history at ${speed} events/s: ${rows} rows, ${equal ? 'equal to the live ones' : 'NOT equal to the live ones'}\n`,
  );
}

export async function showNext(terminal: Terminal, url: string, until: string): Promise<void> {
  const command = (rest: string): string => `  npx duestream ${rest} --url ${url}\n`;
  await write(
    terminal.out,
    `\nTry next, in a second terminal (${until}):\n` +
      command('aging --by segment') +
      command(`history ${FAILING_ACCOUNT}`) +
      command(`exposure ${FAILING_ACCOUNT} --as-of ${new Date().getUTCFullYear() - 1}-12-31`) +
      `The HTTP interface is described at ${url}/docs\n`,
  );
}

function decisionsText({ orders, outcomes, releasedLater, messages, accounts }: Tally): string {
  const share = (count: number): string => `${((count * 100) / Math.max(orders, 1)).toFixed(1)} %`.padStart(8);
  const line = (label: string, count: number): string =>
    `${label.padEnd(26)}${grouped(String(count)).padStart(8)}${share(count)}\n`;
  return (
    `${grouped(String(messages))} messages of ${accounts} accounts in two years\n` +
    line('orders', orders) +
    line('approved at once', outcomes.approved) +
    line('held', outcomes.held) +
    line('  released later by itself', releasedLater) +
    line('rejected', outcomes.rejected)
  );
}
