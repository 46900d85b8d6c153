import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Applied } from '@duestream/read-models';
import { ProjectorThread } from './projector-thread';

/** In the place of the real thread, which runs compiled only: it tells what it is told to, and dies when asked. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage({ kind: 'applied', applied: { partition: 'all', position: workerData.connectionString } });
parentPort.postMessage({ kind: 'failed', error: new Error('a batch failed') });
if (workerData.connectionString === 'dying') throw new Error('the thread is broken');
parentPort.on('message', (message) => message === 'stop' && parentPort.close());
`;

describe('the thread of the read models', () => {
  let folder: string;
  let main: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'duestream-thread-'));
    main = path.join(folder, 'thread.js');
    await writeFile(main, THREAD);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function thread(connectionString: string): {
    readonly projector: ProjectorThread;
    readonly errors: string[];
    readonly untilApplied: (times: number) => Promise<void>;
  } {
    const errors: string[] = [];
    const applied: Applied[] = [];
    let heard = (): void => undefined;
    const options = {
      eventStore: { kind: 'postgres' } as const,
      connectionString,
      onApplied: (one: Applied) => {
        applied.push(one);
        heard();
      },
      onError: (error: Error) => void errors.push(error.message),
    };
    const untilApplied = async (times: number): Promise<void> => {
      while (applied.length < times) await new Promise<void>((resolve) => (heard = resolve));
    };
    return { projector: new ProjectorThread(options, main), errors, untilApplied };
  }

  it('tells what it applied and what failed, and ends when it is stopped', async () => {
    const { projector, errors, untilApplied } = thread('1-2-3');
    expect(projector.isRunning).toBe(false);
    projector.start();
    expect(projector.isRunning).toBe(true);
    await untilApplied(1);
    await projector.stop();
    expect(projector.isRunning).toBe(false);
    expect(errors).toEqual(['a batch failed']);
  });

  it('begins again after it died, and says so', async () => {
    const { projector, errors, untilApplied } = thread('dying');
    projector.start();
    await untilApplied(3);
    await projector.stop();
    expect(errors).toContain('the thread is broken');
    expect(errors).toContain('the thread of the read models ended');
  });

  it('can be started again', async () => {
    const { projector, untilApplied } = thread('1-2-3');
    projector.start();
    await untilApplied(1);
    await projector.stop();
    projector.start();
    await untilApplied(2);
    await projector.stop();
  });
});
