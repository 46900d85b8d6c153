import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { addAccount } from './commands/account';
import { addAging } from './commands/aging';
import { addAtRisk } from './commands/at-risk';
import type { AddCommand } from './commands/context';
import { addDeadLetter } from './commands/dead-letter';
import { addDemo } from './commands/demo';
import { addExposure } from './commands/exposure';
import { addHistory } from './commands/history';
import { addImport } from './commands/import';
import { addRebuild, addVerify } from './commands/operations';
import { addStart } from './commands/start';
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './terminal/cli-error';
import { notice, type Terminal } from './terminal/terminal';

/** In the order in which `duestream --help` lists them. */
const commands: readonly AddCommand[] = [
  addStart,
  addDemo,
  addImport,
  addAging,
  addExposure,
  addAtRisk,
  addHistory,
  addAccount,
  addRebuild,
  addVerify,
  addDeadLetter,
];

/** Runs one command line (without node and script) and gives its exit code: 0 done, 1 some rows refused, 2 could not run. */
export async function runProgram(args: readonly string[], terminal: Terminal, env: NodeJS.ProcessEnv): Promise<number> {
  let exitCode = EXIT_DONE;
  const program = new Command('duestream')
    .description('Order-to-cash: credit decisions, exposure, aging and the history behind them')
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    })
    .exitOverride();
  const finish = (code: number) => {
    exitCode = code;
  };
  for (const add of commands) add(program, { terminal, env, finish });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

function exitCodeOf(error: unknown, terminal: Terminal): number {
  // Commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_COULD_NOT_RUN;
  notice(terminal, `duestream: ${isExplained(error) ? error.message : inspect(error)}`);
  return EXIT_COULD_NOT_RUN;
}

/** An error with a code is one that somebody foresaw and put into words; any other needs its stack. */
function isExplained(error: unknown): error is Error {
  return error instanceof Error && typeof Reflect.get(error, 'code') === 'string';
}
