import { BusinessCalendar } from '@duestream/application';
import { feedOf, openEngines, openKafka, openReadModels, startProcess, type Running } from '@duestream/hosting';
import { serveHttp } from '@duestream/http-api';
import type { RoleConfig } from '@duestream/platform';

/** Events from Kafka to the read models. The event store fills in what Kafka no longer has, and tells the lag. */
export function startProjector(config: RoleConfig): Promise<Running> {
  return startProcess(config, async (around) => {
    const calendar = new BusinessCalendar(config.timeZone);
    const { store, connectionString } = await openEngines(config, around);
    const kafka = await openKafka(config.feed.kafka, around);
    const readModels = await openReadModels(config, { connectionString, feed: feedOf(kafka, store), calendar }, around);
    around.metrics.gauge({ lag: () => readModels.lag() });
    readModels.start();
    const checks = {
      eventStore: () => store.health(),
      kafka: () => kafka.health(),
      readModels: () => readModels.health(),
    };
    return serveHttp({ modules: [], checks }, config.http, around);
  });
}
