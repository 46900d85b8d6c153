import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { Random } from './random';

export interface Scenario {
  readonly name: string;
  /** The fault and what must hold, in a line. */
  readonly promise: string;
  /** Left out where there is none. */
  readonly needs?: 'kafka';
  run(run: Run): Promise<void>;
}

export interface Verdict {
  readonly scenario: string;
  readonly seed: number;
  readonly held: boolean;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, string | number>>;
  /** Rules that did not hold, each with what was seen. */
  readonly broken: readonly string[];
  /** Timed goals that were missed. They break a long run only: a short one shares its machine with other tests. */
  readonly missed: readonly string[];
  /** What the run left; null when nothing broke and it was removed. */
  readonly evidence: string | null;
}

export interface RunOptions {
  readonly seed: number;
  readonly isShort: boolean;
  readonly print: (line: string) => void;
  /** Overrides how much a scenario does: kills, orders or commands. */
  readonly size?: number;
  /** Keep the folder of a run that held too. */
  readonly keeps?: boolean;
}

const MAX_SHOWN = 20;

/** One run of one scenario: its chance, its folder, what it counts and what it finds broken. */
export class Run {
  readonly random: Random;
  readonly counts: Record<string, string | number> = {};
  readonly broken: string[] = [];
  readonly missed: string[] = [];

  constructor(
    readonly folder: string,
    private readonly options: RunOptions,
  ) {
    this.random = new Random(options.seed);
  }

  get isShort(): boolean {
    return this.options.isShort;
  }

  /** How much to do: as asked, else what a short or a long run does. */
  size(short: number, long: number): number {
    return this.options.size ?? (this.isShort ? short : long);
  }

  say(line: string): void {
    this.options.print(`  ${line}`);
  }

  count(name: string, value: string | number): void {
    this.counts[name] = value;
  }

  add(name: string, more: number): void {
    this.counts[name] = Number(this.counts[name] ?? 0) + more;
  }

  /** A rule of this scenario: `seen` is told when it does not hold. */
  must(rule: string, holds: boolean, seen: () => string = () => ''): void {
    if (holds) return;
    const detail = seen();
    if (this.broken.length < MAX_SHOWN) this.broken.push(detail === '' ? rule : `${rule}: ${detail}`);
    else this.add('broken rules not shown', 1);
  }

  /** A goal that depends on the speed of the machine. */
  aim(goal: string, isMet: boolean, seen: string): void {
    if (!isMet) this.missed.push(`${goal}: ${seen}`);
  }

  /** A timed goal for the longest of some durations. */
  goal(name: string, durationsMs: readonly number[], atMostMs: number): void {
    const { longest } = this.durations(name, durationsMs);
    const late = durationsMs.filter((ms) => ms > atMostMs).length;
    this.aim(
      `${name} within ${atMostMs} ms`,
      longest <= atMostMs,
      `${late} of ${durationsMs.length} took more, the longest ${longest} ms`,
    );
  }

  durations(name: string, durationsMs: readonly number[]): { readonly median: number; readonly longest: number } {
    const sorted = [...durationsMs].sort((a, b) => a - b);
    const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    this.count(`${name}, ms (median, 99 %, longest)`, `${at(0.5)}, ${at(0.99)}, ${at(1)}`);
    return { median: at(0.5), longest: at(1) };
  }

  async keep(file: string, content: string): Promise<void> {
    await writeFile(path.join(this.folder, file), content);
  }
}

/** Runs a scenario to its verdict. An error that escapes from it is a broken rule too. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Verdict> {
  const folder = await mkdtemp(path.join(tmpdir(), `duestream-chaos-${scenario.name}-`));
  const run = new Run(folder, options);
  const startedMs = performance.now();
  const [before = 0] = loadavg();
  try {
    await scenario.run(run);
  } catch (error) {
    run.broken.push(
      `the run itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  const [after = 0] = loadavg();
  run.count('load of the machine (before, after)', `${before.toFixed(1)}, ${after.toFixed(1)} on ${availableParallelism()} cores`); // prettier-ignore
  const held = run.broken.length === 0 && (options.isShort || run.missed.length === 0);
  const isKept = !held || options.keeps === true;
  const verdict: Verdict = {
    scenario: scenario.name,
    seed: options.seed,
    held,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    counts: run.counts,
    broken: run.broken,
    missed: run.missed,
    evidence: isKept ? folder : null,
  };
  if (!isKept) await rm(folder, { recursive: true, force: true });
  else await run.keep('verdict.json', `${JSON.stringify(verdict, null, 2)}\n`);
  return verdict;
}
