import type { BusinessCalendar } from '@duestream/application';
import type { EventFeed, EventHistory } from '@duestream/event-feed';
import type { Config } from '@duestream/platform';
import { ReadModels } from '@duestream/read-models';
import { ProjectorThread } from './projector-thread/projector-thread';
import type { Surroundings } from './surroundings';

export interface ReadModelsParts {
  readonly connectionString: string;
  readonly feed: EventFeed & EventHistory;
  readonly calendar: BusinessCalendar;
  /** They are kept up by a thread of their own: on the direct feed, and only where the code was compiled. */
  readonly inThread?: boolean;
}

/** The read models, which `start()` then keeps up with the feed. */
export async function openReadModels(
  { timeZone, eventStore }: Config,
  { connectionString, feed, calendar, inThread = false }: ReadModelsParts,
  { logger, teardown }: Surroundings,
): Promise<ReadModels> {
  const onError = (error: Error): void =>
    logger.warn({ err: error }, 'the read models could not be brought up to date: trying again');
  const readModels = await ReadModels.open({
    connectionString,
    feed,
    businessDate: () => calendar.today(),
    timeZone,
    onError,
    onLockLost: (error) => logger.warn({ err: error }, 'a rebuild is done, and its lock was lost before its end'),
    onNotDropped: (error) => logger.warn({ err: error }, 'read models that nobody needs are left to the next rebuild'),
    ...(inThread && {
      projectBy: (heard) => new ProjectorThread({ eventStore, connectionString, ...heard }),
    }),
  });
  teardown.add('read models', () => readModels.close());
  if (await readModels.needsRebuild()) {
    logger.warn('the read models were made by an older version: run `duestream rebuild`, queries go on meanwhile');
  }
  return readModels;
}
