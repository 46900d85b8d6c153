import { Option, type Command } from 'commander';
import { withServer } from '../server/connect';
import type { ServerClient } from '../server/client';
import { formats, type Format, type Terminal } from '../terminal/terminal';
import { EXIT_DONE } from '../terminal/cli-error';
import { writeReport, type Report } from '../terminal/report';

/** What every command gets from the program. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** The exit code of a command that ran. */
  readonly finish: (code: number) => void;
}

export interface CommonOptions {
  readonly url?: string;
  readonly format: Format;
}

/** A command adds itself to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** Options of every command that speaks to a server and reports. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <address>', 'the server to use (default: the local one; started here when none runs)'))
    .addOption(new Option('--format <format>', 'how to report').choices(formats).default('table'));
}

/** A command that asks the server one thing and shows the answer. */
export async function showReport<Row>(
  options: CommonOptions,
  { terminal, env, finish }: CommandContext,
  ask: (server: ServerClient) => Promise<Report<Row>>,
): Promise<void> {
  const report = await withServer({ ...urlOf(options), env }, terminal, ask);
  await writeReport(report, options.format, terminal);
  finish(EXIT_DONE);
}

export function urlOf({ url }: CommonOptions): { readonly url?: string } {
  return url === undefined ? {} : { url };
}
