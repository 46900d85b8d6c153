import { BusinessCalendar } from '@duestream/application';
import { openEngines, openReadersFeed, openReadModels, startProcess, type Running } from '@duestream/hosting';
import { QueriesModule, serveHttp } from '@duestream/http-api';
import type { RoleConfig } from '@duestream/platform';

/** Analysts' and auditors' HTTP: the read models, which projectors keep up, and the history. Needs no broker. */
export function startQueries(config: RoleConfig): Promise<Running> {
  return startProcess(config, async (around) => {
    const calendar = new BusinessCalendar(config.timeZone);
    const { store, connectionString } = await openEngines(config, around);
    const feed = openReadersFeed(config.feed.kafka, store, around);
    const readModels = await openReadModels(config, { connectionString, feed, calendar }, around);
    around.metrics.gauge({ lag: () => readModels.lag() });
    const checks = { eventStore: () => store.health(), readModels: () => readModels.health() };
    return serveHttp({ modules: [QueriesModule.of({ readModels, store })], checks }, config.http, around);
  });
}
