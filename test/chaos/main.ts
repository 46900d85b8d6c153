import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { findTestKafka } from '@duestream/platform/testing';
import { KAFKA_SCENARIOS, SCENARIOS } from './scenarios';
import { runScenario, type RunOptions, type Scenario, type Verdict } from './support/run';

interface Options {
  readonly seed?: number;
  readonly size?: number;
  readonly short?: true;
  readonly keep?: true;
}

const ALL = [...SCENARIOS, ...KAFKA_SCENARIOS];

const program = new Command('npm run chaos --')
  .description('Breaks things while Duestream works, and proves that nothing is lost.')
  .argument('[scenario...]', `all of them, or some of: ${ALL.map(({ name }) => name).join(', ')}`)
  .option('--seed <number>', 'repeat a run: the seed that it printed', wholeNumber)
  .option('--size <number>', 'kills, orders or commands instead of the usual number', wholeNumber)
  .option('--short', 'the short form that the test suite runs')
  .option('--keep', 'keep the data, logs and acknowledgements of a run that held, too')
  .action(runAll);

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});

async function runAll(names: readonly string[], given: Options): Promise<void> {
  const { seed = randomInt(2 ** 31), size, short, keep = false } = given;
  const chosen = ALL.filter(({ name }) => names.length === 0 || names.includes(name));
  const unknown = names.filter((name) => !ALL.some((scenario) => scenario.name === name));
  if (unknown.length > 0) program.error(`unknown: ${unknown.join(', ')}`, { exitCode: 2 });
  for (const scenario of chosen) {
    console.log(`${scenario.name}: ${scenario.promise}`);
    console.log(`  seed ${seed}${short === true ? ', short form' : ''}`);
    const options = { seed, isShort: short === true, keeps: keep, ...(size === undefined ? {} : { size }) };
    const verdict = await judged(scenario, { ...options, print: (line) => console.log(line) });
    if (verdict === null) console.log(`${scenario.name}: NOT RUN, as there is no Kafka broker\n`);
    else for (const line of describe(verdict)) console.log(line);
    if (verdict?.held === false) process.exitCode = 1;
  }
}

/** Null: what it needs is not to be had on this machine. */
async function judged(scenario: Scenario, options: RunOptions): Promise<Verdict | null> {
  if (scenario.needs === undefined) return runScenario(scenario, options);
  const broker = await findTestKafka();
  if (broker === null) return null;
  const named = process.env[BROKER];
  process.env[BROKER] = broker.brokers.join(',');
  try {
    return await runScenario(scenario, options);
  } finally {
    if (named === undefined) delete process.env[BROKER];
    else process.env[BROKER] = named;
    await broker.stop();
  }
}

/** Where the scenario finds it. */
const BROKER = 'DUESTREAM_TEST_KAFKA';

function describe(verdict: Verdict): readonly string[] {
  const { scenario, seed, held, seconds, counts, broken, missed, evidence } = verdict;
  return [
    ...Object.entries(counts).map(([name, value]) => `  ${name}: ${value}`),
    ...broken.map((rule) => `  BROKEN ${rule}`),
    ...missed.map((goal) => `  MISSED ${goal}`),
    ...(evidence === null ? [] : [`  evidence in ${evidence}`]),
    `${scenario}: ${held ? 'HELD' : 'BROKEN'} (seed ${seed}, ${seconds} s)`,
    '',
  ];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}
