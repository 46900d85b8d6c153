import { setImmediate } from 'node:timers/promises';
import { BusinessCalendar, type ProcessorLimits } from '@duestream/application';
import {
  embeddedHealth,
  openEngines,
  openFeeds,
  openProcessor,
  openReadModels,
  processorHealth,
  startBusinessDay,
  startIntake,
  startProcess,
  writeServerFile,
  type HealthChecks,
  type Running,
  type Surroundings,
} from '@duestream/hosting';
import { CommandsModule, QueriesModule, serveHttp, type HttpLimits } from '@duestream/http-api';
import type { Config } from '@duestream/platform';

export type Standalone = Running;

export interface StandaloneOptions extends TestedOptions {
  /** The read models are kept up by a thread of their own. Only a compiled server can have one. */
  readonly projectorThread?: boolean;
}

/** What tests set otherwise than a server has it. */
interface TestedOptions {
  readonly clock?: () => number;
  readonly limits?: Partial<ProcessorLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
  readonly businessDayEveryMs?: number;
}

/** Everything in one process: event store, account processor, read models and HTTP. Rejects with what is wrong. */
export function startStandalone(config: Config, options: StandaloneOptions = {}): Promise<Standalone> {
  return startProcess(config, (around) => startAll(config, options, around));
}

async function startAll(config: Config, options: StandaloneOptions, around: Surroundings): Promise<string> {
  const { clock = Date.now, limits = {}, businessDayEveryMs, projectorThread = false } = options;
  const { metrics, teardown } = around;
  const [engines] = await Promise.all([openEngines(config, around), loadTheRest()]);
  const { store, connectionString, embedded } = engines;
  const calendar = new BusinessCalendar(config.timeZone, clock);
  const { feed, kafka } = await openFeeds(config, engines, around);
  const inThread = projectorThread && kafka === null;
  const readModels = await openReadModels(config, { connectionString, feed, calendar, inThread }, around);
  const processor = openProcessor(config, store, calendar, limits, around);
  metrics.gauge({
    queueDepth: () => processor.depth,
    cachedBytes: () => processor.cachedBytes,
    lag: () => readModels.lag(),
    ...(kafka !== null && { isRelaying: () => kafka.relay.state === 'active' }),
  });
  startBusinessDay(processor, readModels, calendar, around, businessDayEveryMs);
  if (kafka !== null) startIntake(kafka.connection, processor, around);
  const checks: HealthChecks = {
    ...(embedded === null ? {} : { database: () => embeddedHealth(embedded) }),
    eventStore: () => store.health(),
    readModels: () => readModels.health(),
    ...(kafka === null ? {} : { kafka: () => kafka.connection.health() }),
    accountProcessor: () => processorHealth(processor),
  };
  const modules = [CommandsModule.of({ processor, store }), QueriesModule.of({ readModels, store })];
  const url = await serveHttp({ modules, checks, limits: options.httpLimits ?? {} }, config.http, around);
  // Its thread has code of its own to load, which must not keep the first answer waiting.
  readModels.start();
  teardown.add('server file', await writeServerFile(config.dataDir, url));
  return url;
}

/** Loading code is most of a start, and starting the database most of the rest: so both at once. */
async function loadTheRest(): Promise<void> {
  const parts = [
    () => import('@duestream/application'),
    () => import('@duestream/read-models'),
    () => import('@duestream/http-api'),
  ];
  for (const load of parts) {
    // The database's start needs a turn now and then.
    await setImmediate();
    await load();
  }
}
