import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Projecting, ProjectionListener } from '@duestream/read-models';
import { pause } from '../pause';
import { STOP, type ProjectorThreadData, type ThreadMessage } from './messages';

/** It tells of a batch that failed, or of the whole thread: both are tried again. */
export type ProjectorThreadOptions = ProjectorThreadData & ProjectionListener;

const MAIN = path.join(__dirname, 'projector-thread.main.js');
/** What it makes lives for one batch; the young generation of the thread that decides would only cost memory here. */
const YOUNG_GENERATION_MB = 48;
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 5_000;

/** Projects beside the thread that decides, so that neither waits for the other. Begins again when the thread dies. */
export class ProjectorThread implements Projecting {
  private running: Promise<void> | null = null;
  private stopping = new AbortController();

  constructor(
    private readonly options: ProjectorThreadOptions,
    private readonly main: string = MAIN,
  ) {}

  get isRunning(): boolean {
    return this.running !== null;
  }

  start(): void {
    if (this.running !== null) return;
    this.stopping = new AbortController();
    this.running = this.keepUp(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.running = null;
  }

  private async keepUp(stopping: AbortSignal): Promise<void> {
    for (let restartMs = FIRST_RESTART_MS; !stopping.aborted; restartMs = Math.min(2 * restartMs, LAST_RESTART_MS)) {
      await this.runOnce(stopping, () => (restartMs = FIRST_RESTART_MS));
      await pause(restartMs, stopping);
    }
  }

  private async runOnce(stopping: AbortSignal, onProgress: () => void): Promise<void> {
    const { onApplied, onError, eventStore, connectionString } = this.options;
    const workerData: ProjectorThreadData = { eventStore, connectionString };
    const worker = new Worker(this.main, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'failed') return onError(message.error);
      onProgress();
      onApplied(message.applied);
    });
    worker.on('error', onError);
    const stop = (): void => worker.postMessage(STOP);
    stopping.addEventListener('abort', stop, { once: true });
    // Not `once` of node:events, which rejects when an error comes first.
    await new Promise((resolve) => worker.once('exit', resolve));
    stopping.removeEventListener('abort', stop);
    if (!stopping.aborted) onError(new Error('the thread of the read models ended'));
  }
}
