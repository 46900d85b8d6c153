import type { EventFeed, EventHistory } from '@duestream/event-feed';
import { Generations } from '../database/generations';
import { Projector, projectorOptions, type Applied, type ProjectionPace } from './projector';

export interface OpenProjectorOptions extends ProjectionPace {
  readonly connectionString: string;
  readonly feed: EventFeed & Pick<EventHistory, 'readAccount'>;
  readonly onApplied?: (applied: Applied) => void;
}

/** One that writes at a time, and one that looks for the live generation. */
const CONNECTIONS = 2;

/** Projects, and answers nothing: the part of `ReadModels` for a thread or process of its own. Answers how to end it. */
export async function openProjector(options: OpenProjectorOptions): Promise<() => Promise<void>> {
  const { connectionString, feed, onApplied = () => undefined, onError = () => undefined } = options;
  const generations = await Generations.open(
    { connectionString, maxConnections: CONNECTIONS },
    await feed.partitions(),
  );
  const projector = new Projector(feed, generations, projectorOptions(options, { onApplied, onError }));
  projector.start();
  return async () => {
    await projector.stop();
    await generations.close();
  };
}
