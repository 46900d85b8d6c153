import { EventStoreDbEventStore, type EventStoreDbEventStoreOptions } from '@duestream/event-store';
import { appendOne } from '@duestream/event-store/testing';
import { StandInNode, type NodeOptions } from '../eventstoredb-stand-in';
import { connectionStringOf } from './stand-in-engine';

type Options = Partial<EventStoreDbEventStoreOptions>;

export interface StandIns {
  readonly startNode: (options?: NodeOptions) => Promise<StandInNode>;
  readonly openStore: (connectionString: string, options?: Options) => Promise<EventStoreDbEventStore>;
  readonly openOn: (node: StandInNode, options?: Options) => Promise<EventStoreDbEventStore>;
}

/** Nodes and stores for single tests; closed after each, the last opened first. */
export function useStandIns(): StandIns {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const openStore = async (connectionString: string, options: Options = {}): Promise<EventStoreDbEventStore> => {
    const store = await EventStoreDbEventStore.open({ connectionString, ...options });
    opened.push(store);
    return store;
  };
  return {
    startNode: async (options = {}) => {
      const node = await StandInNode.start(options);
      opened.push({ close: () => node.stop() });
      return node;
    },
    openStore,
    openOn: (node, options) => openStore(connectionStringOf(node.address), options),
  };
}

/** Why an append failed; fails the test when it did not. */
export async function failureOf(store: EventStoreDbEventStore, batch: Parameters<typeof appendOne>[1]): Promise<Error> {
  const result = await appendOne(store, batch);
  if (result.ok) throw new Error('it was written');
  return result.error;
}
