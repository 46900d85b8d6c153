import type { OperationLine, RebuildResult, RebuiltModel, VerifyFinding, VerifyResult } from '@duestream/contracts';
import { withServer } from '../server/connect';
import type { ServerClient } from '../server/client';
import { CliError, EXIT_DONE, EXIT_REFUSED } from '../terminal/cli-error';
import { grouped } from '../terminal/figures';
import { startProgress, type Progress } from '../terminal/progress';
import { writeReport, type Report } from '../terminal/report';
import { notice, type Terminal } from '../terminal/terminal';
import { urlOf, withCommonOptions, type AddCommand, type CommonOptions } from './context';

export const addRebuild: AddCommand = (program, context) => {
  const command = program
    .command('rebuild')
    .description('build the read models anew from the events, prove them equal to the live ones, and swap')
    .argument('[model]', 'one model (default: all)');
  withCommonOptions(command).action(async (model: string | undefined, options: CommonOptions) => {
    const { terminal, env, finish } = context;
    const result = await withServer({ ...urlOf(options), env }, terminal, (server) =>
      runOperation<RebuildResult>(server, '/v1/operations/rebuild', { model }, terminal),
    );
    await writeReport(rebuildReport(result), options.format, terminal);
    notice(terminal, `rebuilt from ${grouped(String(result.events))} events in ${result.seconds} s`);
    if (!result.swapped) notice(terminal, notSwapped(result, model));
    finish(result.swapped ? EXIT_DONE : EXIT_REFUSED);
  });
};

export const addVerify: AddCommand = (program, context) => {
  const command = program
    .command('verify')
    .description('check that no event was altered, dropped, reordered or added')
    .argument('[account]', 'one account (default: all)');
  withCommonOptions(command).action(async (account: string | undefined, options: CommonOptions) => {
    const { terminal, env, finish } = context;
    const result = await withServer({ ...urlOf(options), env }, terminal, (server) =>
      runOperation<VerifyResult>(server, '/v1/operations/verify', { account }, terminal),
    );
    await writeReport(verifyReport(result), options.format, terminal);
    finish(result.intact ? EXIT_DONE : EXIT_REFUSED);
  });
};

/** Shows the progress lines of an operation as they come, and gives its result. */
export async function runOperation<Result>(
  server: ServerClient,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<Result> {
  let shown: { readonly phase: string; readonly progress: Progress } | undefined;
  try {
    for await (const line of server.lines<OperationLine<Result>>(path, query)) {
      if ('result' in line) return line.result;
      if ('problem' in line) throw new CliError(line.problem.code, line.problem.detail);
      if (shown?.phase !== line.phase) {
        shown?.progress.stop();
        shown = { phase: line.phase, progress: startProgress(line.phase, 'done', terminal) };
      }
      shown.progress.update(line.done, line.total, line.done);
    }
  } finally {
    shown?.progress.stop();
  }
  throw new CliError(
    'operation.cut-short',
    'the server ended its answer before the result; nothing is known of the outcome',
  );
}

function notSwapped({ models }: RebuildResult, model: string | undefined): string {
  const isElsewhere = model !== undefined && models.every(({ equal }) => equal);
  const where = isElsewhere ? `; not in ${model}: leave it out to see where` : '';
  return `NOT swapped: the live read models differ from what the events give, and stay${where}`;
}

function rebuildReport(result: RebuildResult): Report<RebuiltModel> {
  return {
    json: result,
    columns: [
      { name: 'model', title: 'model', value: (row) => row.model },
      { name: 'rows', title: 'rows', right: true, value: (row) => row.rows, shown: (row) => grouped(String(row.rows)) },
      { name: 'equal', title: 'equal', value: (row) => row.equal, shown: (row) => (row.equal ? 'yes' : 'NO') },
      {
        name: 'checksumBefore',
        title: 'checksum before',
        value: (row) => row.checksumBefore,
        shown: (row) => row.checksumBefore.slice(0, 16),
      },
      {
        name: 'checksumAfter',
        title: 'checksum after',
        value: (row) => row.checksumAfter,
        shown: (row) => row.checksumAfter.slice(0, 16),
      },
    ],
    rows: result.models,
  };
}

function verifyReport(result: VerifyResult): Report<VerifyFinding> {
  const checked = `${grouped(String(result.events))} events of ${grouped(String(result.accounts))} accounts`;
  return {
    json: result,
    columns: [
      { name: 'accountId', title: 'account', value: (row) => row.accountId },
      { name: 'revision', title: 'revision', right: true, value: (row) => row.revision },
      { name: 'code', title: 'what', value: (row) => row.code },
      { name: 'detail', title: 'detail', value: (row) => row.detail },
    ],
    rows: result.findings,
    ...(result.intact ? {} : { heading: `${checked} checked: NOT intact` }),
    empty: `${checked} checked: intact`,
  };
}
