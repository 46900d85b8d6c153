import type { StandInNode } from '../../eventstoredb-stand-in';

/** For a server whose events are in the stand-in for EventStoreDB. */
export function storeIn(node: StandInNode): Readonly<Record<string, string>> {
  return {
    DUESTREAM_EVENT_STORE: 'eventstoredb',
    DUESTREAM_EVENTSTOREDB_URL: `esdb://127.0.0.1:${node.address.port}?tls=false`,
  };
}
