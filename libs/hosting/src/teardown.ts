import type { Logger } from '@duestream/platform';

interface Step {
  readonly name: string;
  readonly close: () => Promise<void> | void;
}

/**
 * Closes what was opened, the last opened first. One that fails is told and does not keep the others open. What a start
 * that failed elsewhere opens afterwards is closed at once: nobody would close it any more.
 */
export class Teardown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly logger: Logger) {}

  add(name: string, close: Step['close']): void {
    const step = { name, close };
    if (this.running === null) this.steps.push(step);
    else this.running = this.running.then(() => this.close(step));
  }

  run(): Promise<void> {
    this.running ??= this.closeAll();
    return this.running;
  }

  private async closeAll(): Promise<void> {
    for (const step of this.steps.toReversed()) await this.close(step);
  }

  private async close({ name, close }: Step): Promise<void> {
    try {
      await close();
    } catch (error) {
      this.logger.error({ err: error, name }, 'could not be closed');
    }
  }
}
