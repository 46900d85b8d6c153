import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { whyNoBroker } from './support/cluster';
import { KAFKA_SCENARIOS, SCENARIOS } from './scenarios';
import { runScenario, type Verdict } from './support/run';

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
    const missing = KAFKA_SCENARIOS.includes(scenario) ? await whyNoBroker() : null;
    if (missing !== null) {
      console.log(`${scenario.name}: NOT RUN, as there is no Kafka broker: ${missing}\n`);
      continue;
    }
    console.log(`  seed ${seed}${short === true ? ', short form' : ''}`);
    const options = { seed, isShort: short === true, keeps: keep, ...(size === undefined ? {} : { size }) };
    const verdict = await runScenario(scenario, { ...options, print: (line) => console.log(line) });
    for (const line of describe(verdict)) console.log(line);
    if (!verdict.held) process.exitCode = 1;
  }
}

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
