import { BusinessCalendar, type ProcessorLimits } from '@duestream/application';
import {
  BindNotLoopback,
  Metrics,
  openEngines,
  openFeeds,
  openProcessor,
  openReadModels,
  startBusinessDay,
  startIntake,
  Teardown,
  writeServerFile,
  type Surroundings,
} from '@duestream/hosting';
import { DEFAULT_HTTP_LIMITS, startHttp, type HttpLimits } from '@duestream/http-api';
import { createLogger, type Config } from '@duestream/platform';

export interface Standalone {
  readonly url: string;
  /** Stops accepting, finishes what is in flight, closes everything in order. Safe to call twice. */
  close(): Promise<void>;
}

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
export async function startStandalone(config: Config, options: StandaloneOptions = {}): Promise<Standalone> {
  if (!config.http.loopbackOnly) throw new BindNotLoopback(config.http.host);
  const logger = createLogger({ level: config.logLevel });
  const teardown = new Teardown(logger);
  try {
    const url = await startAll(config, options, { logger, teardown, metrics: new Metrics() });
    logger.info(
      { url, timeZone: config.timeZone },
      'ready; reachable from this machine only, as there is no authentication yet',
    );
    return { url, close: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function startAll(config: Config, options: StandaloneOptions, around: Surroundings): Promise<string> {
  const { clock = Date.now, limits = {}, businessDayEveryMs, projectorThread = false } = options;
  const { logger, metrics, teardown } = around;
  const calendar = new BusinessCalendar(config.timeZone, clock);
  const engines = await openEngines(config, logger, teardown);
  const { store, connectionString, embedded } = engines;
  const { feed, kafka } = await openFeeds(config, engines, around);
  const inThread = projectorThread && kafka === null;
  const readModels = await openReadModels(config, { connectionString, feed, calendar, inThread }, around);
  const processor = openProcessor(store, calendar, limits, around);
  metrics.gauge({
    queueDepth: () => processor.depth,
    cachedBytes: () => processor.cachedBytes,
    lag: () => readModels.lag(),
  });
  readModels.start();
  startBusinessDay(processor, readModels, calendar, around, businessDayEveryMs);
  if (kafka !== null) startIntake(kafka, processor, around);
  const httpLimits = { ...DEFAULT_HTTP_LIMITS, ...config.http.limits, ...options.httpLimits };
  const url = await startHttp(
    { processor, store, embedded, readModels, kafka: kafka?.connection ?? null, metrics, logger },
    config.http,
    httpLimits,
    teardown,
  );
  teardown.add('server file', await writeServerFile(config.dataDir, url));
  return url;
}
