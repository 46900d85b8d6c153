import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { curlOf } from './curl';
import { Fuzz, type Failure, type FuzzReport } from './run';
import { startServerProcess, type Memory, type ServerProcess } from './server-process';

const DEFAULT_CASES = 500;
/** Growth over all refused requests of a run that is noise of the collector, not a leak. */
const MEMORY_TOLERANCE_BYTES = 24 * 1_024 * 1_024;
const MOST_SHOWN = 40;

interface Options {
  readonly seed?: number;
  readonly cases: number;
  readonly operation?: string;
}

const program = new Command('npm run fuzz --')
  .description('Sends every operation and message type what it must refuse, and some that it must take.')
  .option('--seed <number>', 'repeat a run: the seed that it printed', wholeNumber)
  .option('--cases <number>', 'of each operation and message type', wholeNumber, DEFAULT_CASES)
  .option('--operation <part>', 'only those whose id has this in it')
  .action(async (options: Options) => {
    process.exitCode = await fuzzAll(options);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});

/** Exit code 0: every answer was right. 1: some were not. 2: could not run. */
async function fuzzAll({ seed = randomInt(1_000_000), cases, operation }: Options): Promise<number> {
  const startedMs = performance.now();
  console.log(`seed ${seed}, ${cases} cases of each operation and message type`);
  const server = await startServerProcess();
  const onOperation: NonNullable<Parameters<typeof Fuzz.open>[0]['onOperation']> = ({
    id,
    cases: sent,
    valid,
    failures,
  }) => console.log(`${id.padEnd(44)} ${count(sent)} cases ${count(valid)} right ${count(failures)} failures`);
  const only = operation === undefined ? {} : { only: operation };
  try {
    const { url, databaseUrl } = server;
    const fuzz = await Fuzz.open({ url, databaseUrl, seed, casesPerOperation: cases, ...only, onOperation });
    try {
      const report = await fuzz.run();
      showKinds(report);
      showFailures(report.failures, url);
      const isFlat = await showMemory(fuzz, server);
      showServer(server);
      console.log(`${Math.round((performance.now() - startedMs) / 1_000)} s`);
      const isWhole = showMissing(report, cases);
      const isClean = report.failures.length === 0 && server.isAlive && server.errors.length === 0;
      return isClean && isFlat && isWhole ? 0 : 1;
    } finally {
      await fuzz.close();
    }
  } finally {
    await server.stop();
  }
}

function showKinds({ casesByKind, operations }: FuzzReport): void {
  const total = operations.reduce((sum, { cases }) => sum + cases, 0);
  console.log(`\n${total} cases of ${operations.length} operations and message types, by what is bad about them:`);
  for (const [kind, sent] of [...casesByKind].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${kind.padEnd(32)} ${count(sent)}`);
  }
}

/** A generator that runs dry would look like a server that is right. */
function showMissing({ operations }: FuzzReport, wanted: number): boolean {
  const short = operations.filter(({ cases }) => cases < wanted);
  for (const { id, cases } of short) console.log(`only ${cases} cases of ${id}`);
  return short.length === 0;
}

function showFailures(failures: readonly Failure[], url: string): void {
  console.log(`\n${failures.length} failures`);
  if (failures.length === 0) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'duestream-fuzz-failures-'));
  for (const [index, { operation, kind, what, failure, answer, prepared }] of failures.slice(0, MOST_SHOWN).entries()) {
    console.log(`\n${index + 1}. ${operation}, ${kind}: ${what}\n   ${failure}`);
    console.log(`   ${answer.status} ${answer.text.slice(0, 400)}`);
    console.log(`   ${curlOf(prepared, url, folder, `body-${index + 1}`)}`);
  }
  if (failures.length > MOST_SHOWN) console.log(`\n… and ${failures.length - MOST_SHOWN} more`);
}

/** The first pass was the warm-up; the second sends what is refused once more. */
async function showMemory(fuzz: Fuzz, server: ServerProcess): Promise<boolean> {
  await fuzz.repeatRefused();
  const before = await server.memory();
  const repeated = await fuzz.repeatRefused();
  const after = await server.memory();
  const growth = held(after) - held(before);
  console.log(`\nmemory over ${repeated} refused requests more: ${told(before)} → ${told(after)}`);
  const isFlat = growth <= MEMORY_TOLERANCE_BYTES;
  if (!isFlat) console.log(`it grew by ${mebibytes(growth)}`);
  return isFlat;
}

function showServer({ isAlive, errors }: ServerProcess): void {
  console.log(isAlive ? 'the server is alive' : 'the server has died');
  for (const line of errors.slice(0, MOST_SHOWN)) console.log(`  it logged: ${line.slice(0, 2_000)}`);
}

function held({ heapUsed, external }: Memory): number {
  return heapUsed + external;
}

function told(memory: Memory): string {
  return `${mebibytes(held(memory))} in use, ${mebibytes(memory.rss)} resident`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MiB`;
}

function count(value: number): string {
  return String(value).padStart(6);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('Expected a whole number.');
  return number;
}
