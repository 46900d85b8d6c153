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

/** A stand-in and a store on it for each test. */
export function useStandInEngine(): { readonly node: () => StandInNode; readonly store: () => EventStoreDbEventStore } {
  let engine: StandInUnderTest | undefined;
  let store: EventStoreDbEventStore | undefined;
  beforeEach(async () => {
    engine = await startStandInEngine();
    store = await engine.open();
  });
  afterEach(async () => {
    await store?.close();
    await engine?.dispose();
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the stand-in exists only inside tests');
    return value;
  };
  return { node: () => there(engine).node, store: () => there(store) };
}

/** Events of others in the same database. */
export function writeForeign(node: StandInNode, count: number): void {
  const event = { type: 'x', contentType: 'application/json', data: Buffer.from('{}'), metadata: new Uint8Array() };
  const events = Array.from({ length: count }, () => ({ ...event, id: crypto.randomUUID() }));
  node.log.append('somebody-elses', 'any', events);
}

export function connectionStringOf({ host, port }: EngineUnderTest['address']): string {
  return `esdb://${host}:${port}?tls=false`;
}
