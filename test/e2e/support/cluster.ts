import { testKafkaConfig } from '@duestream/event-feed/testing';
import type { Running } from '@duestream/hosting';
import type { TestBroker } from '@duestream/platform/testing';
import { startOneAddress } from './one-address';
import { startRole } from './roles';
import type { StartedServer } from './server';

/** One of every role, with topics of their own, behind one address. */
export async function startCluster(broker: TestBroker, databaseUrl: string): Promise<StartedServer> {
  const kafka = testKafkaConfig(broker, { partitions: 2 });
  const start = (role: Parameters<typeof startRole>[0]): Promise<Running> => startRole(role, databaseUrl, kafka);
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
