import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { directFeed } from '@duestream/event-feed';
import { openProjector } from '@duestream/read-models';
import { openStore } from '../engines';
import { STOP, type ProjectorThreadData, type ThreadMessage } from './messages';

/** The thread that keeps the read models up: from the event store into their tables until it is told to stop. */
async function main(port: MessagePort, { eventStore, connectionString }: ProjectorThreadData): Promise<void> {
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  const stopping = untilStopped(port);
  const store = await openStore(eventStore, connectionString);
  try {
    const stop = await openProjector({
      connectionString,
      feed: directFeed({ store }),
      onApplied: ({ partition, position }) => tell({ kind: 'applied', applied: { partition, position } }),
      onError: (error) => tell({ kind: 'failed', error }),
    });
    await stopping;
    await stop();
  } finally {
    await store.close();
    port.close();
  }
}

function untilStopped(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.on('message', (message: unknown) => {
      if (message === STOP) resolve();
    });
  });
}

if (parentPort === null) throw new Error('this is a thread of the standalone server');
// Whoever started the thread hears of a rejection as its 'error'.
void main(parentPort, workerData as ProjectorThreadData);
