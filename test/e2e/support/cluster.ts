import { testKafkaConfig } from '@duestream/event-feed/testing';
import type { Running } from '@duestream/hosting';
import type { Role } from '@duestream/platform';
import type { TestBroker } from '@duestream/platform/testing';
import { StandInNode } from '../../eventstoredb-stand-in';
import { connectionStringOf } from '../../eventstoredb/stand-in-engine';
import { startOneAddress } from './one-address';
import { startRole } from './roles';
import type { StartedServer } from './server';

/** One of every role, with topics of their own, behind one address. Without an EventStoreDB events live in the database. */
export async function startCluster(
  broker: TestBroker,
  databaseUrl: string,
  eventStoreDbUrl: string | null = null,
): Promise<StartedServer> {
  const kafka = testKafkaConfig(broker, { partitions: 2 });
  const start = (role: Role): Promise<Running> => startRole(role, databaseUrl, kafka, eventStoreDbUrl);
  // Those that stop accepting work first; queries are the last to go.
  const starting = [start('api'), start('intake'), start('relay'), start('projector'), start('queries')] as const;
  const close = async (): Promise<void> => {
    for (const one of await Promise.allSettled(starting)) {
      if (one.status === 'fulfilled') await one.value.close();
    }
  };
  try {
    const roles = await Promise.all(starting);
    const [api, , , , queries] = roles;
    const address = await startOneAddress(api.url, queries.url);
    return {
      url: address.url,
      processes: roles.map(({ url }) => url),
      close: async () => {
        await address.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same with its events in a stand-in for EventStoreDB, which lives as long. */
export async function startClusterOnStandIn(broker: TestBroker, databaseUrl: string): Promise<StartedServer> {
  const node = await StandInNode.start();
  try {
    const cluster = await startCluster(broker, databaseUrl, connectionStringOf(node.address));
    return {
      ...cluster,
      close: async () => {
        await cluster.close();
        await node.stop();
      },
    };
  } catch (error) {
    await node.stop();
    throw error;
  }
}
