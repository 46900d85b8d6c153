import { BusinessCalendar } from '@duestream/application';
import {
  openEngines,
  openKafka,
  openProcessor,
  processorHealth,
  startIntake,
  startProcess,
  type Running,
} from '@duestream/hosting';
import { serveHttp } from '@duestream/http-api';
import type { RoleConfig } from '@duestream/platform';

/** Messages from Kafka: decides, writes to the event store and answers. Partitions are shared among all intakes. */
export function startIntakeRole(config: RoleConfig): Promise<Running> {
  return startProcess(config, async (around) => {
    const calendar = new BusinessCalendar(config.timeZone);
    const { store } = await openEngines(config, around);
    const kafka = await openKafka(config.feed.kafka, around);
    const processor = openProcessor(config, store, calendar, {}, around);
    around.metrics.gauge({ queueDepth: () => processor.depth, cachedBytes: () => processor.cachedBytes });
    startIntake(kafka, processor, around);
    const checks = {
      eventStore: () => store.health(),
      kafka: () => kafka.health(),
      accountProcessor: () => processorHealth(processor),
    };
    return serveHttp({ modules: [], checks }, config.http, around);
  });
}
