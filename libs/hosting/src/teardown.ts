import type { Logger } from '@duestream/platform';

interface Step {
  readonly name: string;
  readonly close: () => Promise<void> | void;
}

/** Closes what was opened, the last opened first. One that fails is told and does not keep the others open. */
export class Teardown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly logger: Logger) {}

  add(name: string, close: Step['close']): void {
    this.steps.push({ name, close });
  }

  run(): Promise<void> {
    this.running ??= this.closeAll();
    return this.running;
  }

  private async closeAll(): Promise<void> {
    for (const { name, close } of this.steps.toReversed()) {
      try {
        await close();
      } catch (error) {
        this.logger.error({ err: error, name }, 'could not be closed');
      }
    }
  }
}
