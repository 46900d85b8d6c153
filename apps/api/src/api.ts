import { BusinessCalendar } from '@duestream/application';
import {
  openEngines,
  openProcessor,
  processorHealth,
  startBusinessDayInOnePlace,
  startProcess,
  type Running,
} from '@duestream/hosting';
import { CommandsModule, serveHttp } from '@duestream/http-api';
import type { RoleConfig } from '@duestream/platform';

/** What tests set otherwise than an api has it. */
interface TestedOptions {
  readonly clock?: () => number;
  readonly businessDayEveryMs?: number;
}

/** Commands over HTTP: decides and writes to the event store. One api of all watches the business day. */
export function startApi(
  config: RoleConfig,
  { clock = Date.now, businessDayEveryMs }: TestedOptions = {},
): Promise<Running> {
  return startProcess(config, async (around) => {
    const calendar = new BusinessCalendar(config.timeZone, clock);
    const engines = await openEngines(config, around);
    const { store } = engines;
    const processor = openProcessor(config, store, calendar, {}, around);
    around.metrics.gauge({ queueDepth: () => processor.depth, cachedBytes: () => processor.cachedBytes });
    startBusinessDayInOnePlace(config, engines, processor, calendar, around, businessDayEveryMs);
    const checks = { eventStore: () => store.health(), accountProcessor: () => processorHealth(processor) };
    return serveHttp({ modules: [CommandsModule.of({ processor, store })], checks }, config.http, around);
  });
}
