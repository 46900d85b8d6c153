import { EventStoreDbEventStore } from '@duestream/event-store';
import type { EngineUnderTest, FaultyProxy } from '@duestream/event-store/testing';
import { StandInNode } from '../eventstoredb-stand-in';

export interface StandInUnderTest extends EngineUnderTest {
  readonly node: StandInNode;
  open(): Promise<EventStoreDbEventStore>;
}

/** A stand-in with no events of ours. */
export async function startStandInEngine(): Promise<StandInUnderTest> {
  const node = await StandInNode.start();
  return {
    node,
    address: node.address,
    open: () => EventStoreDbEventStore.open({ connectionString: connectionStringOf(node.address) }),
    openThrough: (proxy: FaultyProxy) =>
      EventStoreDbEventStore.open({ connectionString: connectionStringOf({ host: '127.0.0.1', port: proxy.port }) }),
    dispose: () => node.stop(),
  };
}

export function connectionStringOf({ host, port }: EngineUnderTest['address']): string {
  return `esdb://${host}:${port}?tls=false`;
}
