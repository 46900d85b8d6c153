import 'reflect-metadata';
import { Command, InvalidArgumentError } from 'commander';
import { EXIT_INTERRUPTED, interruption } from '@duestream/platform';
import { Cluster } from './cluster';
import { tellStory } from './story';
import { enginesOf, whatBecomesOf } from './what-it-runs-on';

interface Options {
  readonly exit?: true;
  readonly intakes: number;
  readonly projectors: number;
}

const program = new Command('npm run cluster --')
  .description('Runs every role as a process of its own on this machine, over Kafka, until Ctrl-C.')
  .option('--exit', 'run a short story through all of them, and end')
  .option('--intakes <count>', 'processes that take in messages from Kafka', count, 2)
  .option('--projectors <count>', 'processes that keep the read models up', count, 2)
  .action(run);

program.parseAsync().catch((error: unknown) => {
  console.error(isExplained(error) ? error.message : error);
  process.exitCode = 1;
});

async function run({ exit, intakes, projectors }: Options): Promise<void> {
  const { happened: interrupted, signal } = interruption();
  const say = (line: string): void => console.log(line);
  void interrupted.then(() => say('stopping; Ctrl-C again ends it at once'));
  const cluster = await Cluster.start({ env: process.env, intakes, projectors, say, signal });
  try {
    for (const [name, url] of await cluster.addresses()) say(`${name.padEnd(12)} ${url}`);
    for (const [name, where] of enginesOf(cluster.config)) say(`${name.padEnd(12)} ${where}`);
    if (exit === true) {
      await Promise.race([tellStory(cluster, say), cluster.lost(), interrupted]);
      // A story that was cut short has shown nothing.
      if (signal.aborted) process.exitCode = EXIT_INTERRUPTED;
    } else {
      say(`Ctrl-C stops everything; ${whatBecomesOf(process.env)}.`);
      await Promise.race([interrupted, cluster.lost()]);
    }
  } finally {
    if (!signal.aborted) say('stopping');
    await cluster.stop();
  }
}

function count(text: string): number {
  const parsed = Number(text);
  if (!/^\d{1,2}$/.test(text) || parsed < 1) throw new InvalidArgumentError('expected a number from 1 to 99');
  return parsed;
}

/** Somebody foresaw it and put it into words; anything else needs its stack. */
function isExplained(error: unknown): error is Error {
  return error instanceof Error && typeof Reflect.get(error, 'code') === 'string';
}
