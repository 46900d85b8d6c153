import type { EventStore } from '../port';
import type { FaultyProxy } from './faulty-proxy';

/** One engine with no events, on which any number of stores are opened, as so many processes would. */
export interface EngineUnderTest {
  /** Where the engine listens, for a proxy to stand in front of. */
  readonly address: { readonly host: string; readonly port: number };
  open(): Promise<EventStore>;
  openThrough(proxy: FaultyProxy): Promise<EventStore>;
  dispose(): Promise<void>;
}

/** Stores on one engine for the tests of a `describe`. */
export interface Stores {
  /** The first one; the same in all tests. */
  readonly store: () => EventStore;
  /** A further one, as another process would have it. Closed at the end. */
  readonly another: () => Promise<EventStore>;
  readonly engine: () => EngineUnderTest;
}

export function useStores(start: () => Promise<EngineUnderTest>): Stores {
  const opened: EventStore[] = [];
  let engine: EngineUnderTest | undefined;
  const theEngine = (): EngineUnderTest => {
    if (engine === undefined) throw new Error('the engine exists only inside tests');
    return engine;
  };
  const another = async (): Promise<EventStore> => {
    const store = await theEngine().open();
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    engine = await start();
    await another();
  });
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await engine?.dispose();
  });
  return {
    store: () => {
      const [first] = opened;
      if (first === undefined) throw new Error('the store exists only inside tests');
      return first;
    },
    another,
    engine: theEngine,
  };
}
