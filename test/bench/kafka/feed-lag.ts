import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { measureOpenLoop, millisecondsAt } from '../http/open-loop';
import { startServer } from '../http/server-process';
import type { Figure } from '../support/figure';
import type { Lab } from '../support/lab';
import { withBroker } from './broker';

const ORDERS_PER_SECOND = 1_000;

/** From the answer, which is durable, through relay, Kafka and projector until a query shows the order. */
export function feedLag(lab: Lab): Promise<readonly Figure[]> {
  return withBroker(lab, ({ config }) =>
    lab.withDatabase(async (database) => {
      const server = await startServer(database, await mkdtemp(path.join(lab.folder, 'server-')), {
        DUESTREAM_FEED: 'kafka',
        DUESTREAM_KAFKA_BROKERS: config.brokers.join(','),
        DUESTREAM_KAFKA_TOPIC_PREFIX: config.topicPrefix,
        DUESTREAM_KAFKA_PARTITIONS: String(config.partitions),
      });
      const { errors, lag } = await measureOpenLoop(lab, server, database, ORDERS_PER_SECOND);
      const where = `over Kafka, ${ORDERS_PER_SECOND} orders/s`;
      return [
        { name: `${where}: read model behind, p50`, value: millisecondsAt(lag, 50), unit: 'ms' },
        {
          name: `${where}: read model behind, p99`,
          value: millisecondsAt(lag, 99),
          unit: 'ms',
          goal: { atMost: 300 },
        },
        { name: `${where}: errors`, value: errors, unit: 'orders', goal: { atMost: 0 } },
      ];
    }),
  );
}
