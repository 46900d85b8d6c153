import { availableParallelism } from 'node:os';
import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { tuneRuntime } from '@duestream/platform';
import { decisionRatios } from './decisions/ratios';
import { coldAccount } from './growth/cold-account';
import { costInLargeStore } from './growth/large-store';
import { memoryOfServer } from './growth/memory';
import { openLoop } from './http/open-loop';
import { httpThroughput } from './http/throughput';
import { feedLag } from './kafka/feed-lag';
import { intakeRate } from './kafka/intake-rate';
import { agingAsOf } from './read-models/aging';
import { projectionRate } from './read-models/projection-rate';
import { rebuildRate } from './read-models/rebuild-rate';
import { goalText, isMet, type Figure } from './support/figure';
import { inLab, type Lab } from './support/lab';

const MEASURES: Readonly<Record<string, (lab: Lab) => Promise<readonly Figure[]>>> = {
  decisions: decisionRatios,
  'http-throughput': httpThroughput,
  'open-loop': openLoop,
  'kafka-intake': intakeRate,
  'kafka-lag': feedLag,
  'cold-account': coldAccount,
  rebuild: (lab) => lab.withDatabase((database) => rebuildRate(database, lab.quick ? { events: 20_000 } : {})),
  projection: (lab) => lab.withDatabase((database) => projectionRate(database, lab.quick ? { events: 5_000 } : {})),
  aging: (lab) => lab.withDatabase((database) => agingAsOf(database, lab.quick ? { openItems: 10_000 } : {})),
  memory: memoryOfServer,
  'large-store': costInLargeStore,
};

interface Options {
  readonly json?: string;
  readonly quick?: boolean;
}

/** `npm run bench`: every measure with its baselines in one run, on one embedded PostgreSQL that syncs to disk. */
async function main(): Promise<void> {
  const program = new Command('bench')
    .argument('[measures...]', `some of: ${Object.keys(MEASURES).join(', ')}`, known)
    .option('--json <file>', 'write the figures as JSON')
    .option('--quick', 'a few seconds a measure: shows that it runs, not how fast')
    .parse();
  const options = program.opts<Options>();
  const chosen = program.args.length > 0 ? program.args : Object.keys(MEASURES);
  const figures = await measure(chosen, options.quick === true);
  print(figures);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures.map(asJson), null, 2)}\n`);
}

async function measure(names: readonly string[], quick: boolean): Promise<readonly Figure[]> {
  tuneRuntime();
  const startedMs = performance.now();
  const note = (text: string): void => console.error(text);
  const figures = await inLab({ quick, note }, async (lab) => {
    const found: Figure[] = [];
    for (const name of names) {
      note(`${String(Math.round((performance.now() - startedMs) / 1000)).padStart(5)} s  ${name}`);
      found.push(...(await figuresOf(name, lab)));
    }
    return found;
  });
  note(
    `${Math.round((performance.now() - startedMs) / 1000)} s in all, on ${availableParallelism()} cores, Node ${process.version}`,
  );
  return figures;
}

/** One measure that fails does not cost the figures of the others. */
async function figuresOf(name: string, lab: Lab): Promise<readonly Figure[]> {
  try {
    const figures = (await MEASURES[name]?.(lab)) ?? [];
    for (const figure of figures) lab.note(`         ${figure.name}: ${shown(figure.value)} ${figure.unit}`);
    return figures;
  } catch (error) {
    lab.note(`         failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
    return [];
  }
}

function print(figures: readonly Figure[]): void {
  const table = new Table({
    style: { head: [], border: [], compact: true },
    head: ['measure', 'value', 'unit', 'goal', ''],
    colAligns: ['left', 'right', 'left', 'right', 'left'],
  });
  for (const figure of figures) {
    const met = isMet(figure);
    table.push([
      figure.name,
      shown(figure.value),
      figure.unit,
      goalText(figure),
      met === null ? '' : met ? 'met' : 'MISSED',
    ]);
  }
  console.log(table.toString());
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function asJson(figure: Figure): object {
  return { name: figure.name, value: figure.value, unit: figure.unit, goal: goalText(figure), met: isMet(figure) };
}

function known(name: string, before: string[] | undefined): string[] {
  if (!(name in MEASURES)) throw new InvalidArgumentError(`there are ${Object.keys(MEASURES).join(', ')}`);
  return [...(before ?? []), name];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
