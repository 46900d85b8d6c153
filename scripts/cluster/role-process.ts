import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '@duestream/platform';
import { endWithUs } from '@duestream/platform/testing';

export interface RoleOptions {
  /** As it is told of: `intake-2`. */
  readonly name: string;
  readonly role: Role;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
/** Ran so long: what ended it has nothing to do with its start. */
const STEADY_MS = 30_000;
/** In a row, before it ever answered: no further attempt would help. */
const MAX_FAILED_STARTS = 3;
const GRACE_MS = 30_000;

/** One role as a process of its own, started again whenever it ends by itself, until it is stopped. */
export class RoleProcess {
  readonly name: string;
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private child: ChildProcess | null = null;
  private address: string | null = null;
  private listeners: (() => void)[] = [];
  private fail: (error: Error) => void = () => undefined;
  private startCount = 0;
  /** Rejects when it can't be kept running. */
  readonly lost = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(private readonly options: RoleOptions) {
    this.name = options.name;
    this.lost.catch(() => undefined);
    this.running = this.keepRunning();
  }

  get role(): Role {
    return this.options.role;
  }

  /** How often it has answered after a start. */
  get starts(): number {
    return this.startCount;
  }

  /** Its address, as soon as it answers there. Rejects when it can't be kept running. */
  async url(): Promise<string> {
    const answering = async (): Promise<string> => {
      while (this.address === null) await new Promise<void>((resolve) => this.listeners.push(resolve));
      return this.address;
    };
    return Promise.race([answering(), this.lost]);
  }

  /** SIGKILL: nothing is finished. Resolves when it is gone; it is started again. */
  async kill(): Promise<void> {
    await this.url();
    const { child } = this;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.address = null;
  }

  /** SIGSTOP: nothing of it runs, and nobody is told, until `resume`. */
  async freeze(): Promise<void> {
    await this.url();
    this.child?.kill('SIGSTOP');
  }

  /** SIGCONT: it goes on as if no time had passed. */
  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** SIGTERM: what is in flight is finished. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.child?.kill('SIGTERM');
    const cutting = setTimeout(() => {
      this.options.say(`${this.name} did not stop in ${GRACE_MS / 1_000} s: killed`);
      this.child?.kill('SIGKILL');
    }, GRACE_MS);
    await this.running;
    clearTimeout(cutting);
  }

  private async keepRunning(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let failedStarts = 0;
    while (!this.stopped.signal.aborted) {
      const startedMs = performance.now();
      const { how, hasAnswered } = await this.runOnce();
      if (this.stopped.signal.aborted) return;
      failedStarts = hasAnswered ? 0 : failedStarts + 1;
      if (failedStarts === MAX_FAILED_STARTS) {
        this.fail(new Error(`${this.name} could not be started ${MAX_FAILED_STARTS} times in a row: ${how}`));
        return;
      }
      if (performance.now() - startedMs > STEADY_MS) retryMs = FIRST_RETRY_MS;
      this.options.say(`${this.name} ended (${how}): starting it again`);
      await sleep(retryMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  /** From its start to its end, however that comes. */
  private async runOnce(): Promise<{ readonly how: string; readonly hasAnswered: boolean }> {
    const main = path.join(rootFolder(), 'dist/apps', this.options.role, 'main.js');
    const child = spawn(process.execPath, ['--max-semi-space-size=32', main], {
      env: this.options.env,
      // Out of reach of the terminal's Ctrl-C, so that the roles end in their order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const guard = endWithUs(child);
    let lastLine = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLine = line;
      this.options.say(`${this.name}: ${line}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.heard(line));
    const [code, signal] = await ended(child);
    guard.kill('SIGKILL');
    const hasAnswered = this.address !== null;
    [this.child, this.address] = [null, null];
    return { how: signal ?? `exit code ${code}${lastLine === '' ? '' : `: ${lastLine}`}`, hasAnswered };
  }

  private heard(line: string): void {
    const [, url] = /answers at (\S+)/.exec(line) ?? [];
    if (url === undefined) return;
    this.address = url;
    this.startCount += 1;
    for (const listener of this.listeners.splice(0)) listener();
  }
}

/** From the compiled program as well as from a test, which runs the source. */
export function rootFolder(): string {
  const [before = ''] = __dirname.split(`${path.sep}scripts${path.sep}cluster`);
  return path.basename(before) === 'dist' ? path.dirname(before) : before;
}

async function ended(child: ChildProcess): Promise<readonly [code: number | null, signal: NodeJS.Signals | null]> {
  return new Promise((resolve) => {
    // `error`: it could not even be spawned.
    child.once('error', () => resolve([child.exitCode, null]));
    child.once('exit', (code, signal) => resolve([code, signal]));
  });
}
