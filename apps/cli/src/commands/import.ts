import { parseInbound } from '@duestream/contracts';
import { givenServer, withServer } from '../server/connect';
import { READ_MODEL_PATIENCE_MS, waitForReadModels } from '../import/catch-up';
import { csvPlan } from '../import/csv';
import { importReport } from '../import/import-report';
import type { ImportSource, MessageItem } from '../import/items';
import { loadMapping } from '../import/mapping/load-mapping';
import { ndjsonSource } from '../import/ndjson';
import { sendAll } from '../import/send';
import { ImportTally, type ImportReport } from '../import/tally';
import { CliError, EXIT_COULD_NOT_RUN, EXIT_DONE, EXIT_REFUSED } from '../terminal/cli-error';
import { startProgress, type Progress } from '../terminal/progress';
import { writeReport } from '../terminal/report';
import { notice } from '../terminal/terminal';
import { urlOf, withCommonOptions, type AddCommand, type CommandContext, type CommonOptions } from './context';

interface ImportOptions extends CommonOptions {
  readonly mapping?: string;
  readonly observe?: boolean;
  readonly dryRun?: boolean;
  readonly queriesUrl?: string;
}

export const addImport: AddCommand = (program, context) => {
  const command = program
    .command('import')
    .description('send the messages of a file; sending them again changes nothing')
    .argument('<file>', 'NDJSON with one message per line, or CSV with --mapping')
    .option('--mapping <file>', 'how a CSV row becomes messages (see examples/mappings)')
    .option('--observe', 'record what would have been decided, on the date of each document, and let orders through')
    .option('--dry-run', 'check every line and send nothing')
    .option('--queries-url <address>', 'who shows what was written, where commands and queries are apart');
  withCommonOptions(command).action((file: string, options: ImportOptions) => runImport(file, options, context));
};

async function runImport(file: string, options: ImportOptions, context: CommandContext): Promise<void> {
  const { terminal, finish } = context;
  const tally = new ImportTally();
  const source = await openSource(file, options, tally);
  const sent =
    options.dryRun === true ? await checkAll(source, tally, context) : await send(source, tally, options, context);
  const report: ImportReport = {
    accepted: tally.accepted,
    duplicate: tally.duplicate,
    waiting: tally.waiting,
    refused: tally.refused,
    problems: [...tally.problems].sort((a, b) => a.line - b.line),
    position: sent.position,
    seconds: Math.round(sent.milliseconds / 10) / 100,
  };
  await writeReport(importReport(report, options.format), options.format, terminal);
  if (tally.refused > report.problems.length)
    notice(terminal, `only the first ${report.problems.length} problems are listed`);
  if (options.dryRun === true) notice(terminal, 'dry run: nothing was sent');
  if (!sent.isVisible) {
    notice(terminal, `all is written, but the read models have not caught up after ${READ_MODEL_PATIENCE_MS / 1000} s`);
    return finish(EXIT_COULD_NOT_RUN);
  }
  finish(report.refused > 0 ? EXIT_REFUSED : EXIT_DONE);
}

async function openSource(file: string, { mapping }: ImportOptions, tally: ImportTally): Promise<ImportSource> {
  if (mapping === undefined) {
    if (/\.csv$/i.test(file))
      throw new CliError('mapping.missing', `${file} is CSV: name a mapping with --mapping (see examples/mappings)`);
    return ndjsonSource(file);
  }
  const { source, messagesByLine } = await csvPlan(file, await loadMapping(mapping));
  for (const [line, messages] of messagesByLine) tally.expect(line, messages);
  return source;
}

interface Outcome {
  readonly position: string | null;
  /** Every query shows what was written. */
  readonly isVisible: boolean;
  /** From the first message to the last answer that a query shows. */
  readonly milliseconds: number;
}

async function send(
  source: ImportSource,
  tally: ImportTally,
  options: ImportOptions,
  { terminal, env }: CommandContext,
): Promise<Outcome> {
  return withServer({ ...urlOf(options), env }, terminal, async (server) => {
    const startedAt = Date.now();
    const awaited = await withProgress('importing', terminal, (progress) =>
      sendAll(source, server, tally, {
        observe: options.observe === true,
        onProgress: (done, lines) => progress.update(done, source.total, lines),
        onNotice: (text) => notice(terminal, text),
      }),
    );
    const shows = options.queriesUrl === undefined ? server : await givenServer(options.queriesUrl, '--queries-url');
    const isVisible = await waitForReadModels(shows, awaited.positions, READ_MODEL_PATIENCE_MS);
    return { position: awaited.last, isVisible, milliseconds: Date.now() - startedAt };
  });
}

/** The contract's rules, without a server: what would be refused whatever the account's state is. */
async function checkAll(source: ImportSource, tally: ImportTally, { terminal }: CommandContext): Promise<Outcome> {
  const startedAt = Date.now();
  await withProgress('checking', terminal, async (progress) => {
    for await (const { items, done } of source.items) {
      for (const item of items) {
        if ('reason' in item) tally.refuse(item);
        else check(item, tally);
      }
      progress.update(done, source.total, tally.lines);
    }
  });
  return { position: null, isVisible: true, milliseconds: Date.now() - startedAt };
}

function check(item: MessageItem, tally: ImportTally): void {
  const parsed = parseInbound(JSON.parse(item.text), { enforcement: 'enforce' });
  const nothingWritten = { accountRevision: null, position: null };
  if (parsed.ok) {
    tally.settle(item, { id: parsed.message.id, status: 'accepted', ...nothingWritten });
    return;
  }
  const { code, detail } = parsed.problem;
  const problem = { type: 'about:blank', title: 'not valid', status: 400, detail, code };
  tally.settle(item, { id: parsed.id, status: 'refused', ...nothingWritten, problem });
}

async function withProgress<T>(
  label: string,
  terminal: CommandContext['terminal'],
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(label, 'lines', terminal);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}
