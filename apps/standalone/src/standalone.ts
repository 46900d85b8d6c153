import { canonicalJson, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountId, type AccountState } from '@duestream/domain';
import {
  accountDecider,
  AccountProcessor,
  BusinessCalendar,
  BusinessDay,
  type ProcessorLimits,
} from '@duestream/application';
import { createLogger, type Config, type Logger } from '@duestream/platform';
import { ReadModels } from '@duestream/read-models';
import { openEngines, type Engines } from './engines/engines';
import { openFeeds, startIntake, type Feeds } from './engines/feeds';
import { writeServerFile } from './engines/server-file';
import { BindNotLoopback } from './engines/start-error';
import { Teardown } from './engines/teardown';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http/limits';
import { startHttp, type HttpParts } from './http/start-http';
import { Metrics } from './metrics/metrics';
import { ProjectorThread } from './projector/projector-thread';

export interface Standalone {
  readonly url: string;
  /** Stops accepting, finishes what is in flight, closes everything in order. Safe to call twice. */
  close(): Promise<void>;
}

/** What tests set otherwise than a server has it. */
interface TestedOptions {
  readonly clock?: () => number;
  readonly limits?: Partial<ProcessorLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
  readonly businessDayEveryMs?: number;
}

export interface StandaloneOptions extends TestedOptions {
  /** Read models are kept up by a thread of their own. Only a compiled server can have one. */
  readonly projectorThread?: boolean;
}

/** Everything in one process: event store, account processor, read models and HTTP. Rejects with what is wrong. */
export async function startStandalone(config: Config, options: StandaloneOptions = {}): Promise<Standalone> {
  if (!config.http.loopbackOnly) throw new BindNotLoopback(config.http.host);
  const logger = createLogger({ level: config.logLevel });
  const teardown = new Teardown(logger);
  try {
    const url = await startAll(config, options, logger, teardown);
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

async function startAll(
  config: Config,
  options: StandaloneOptions,
  logger: Logger,
  teardown: Teardown,
): Promise<string> {
  const { clock = Date.now } = options;
  const calendar = new BusinessCalendar(config.timeZone, clock);
  const metrics = new Metrics();
  const engines = await openEngines(config, logger, teardown);
  const feeds = await openFeeds(config, engines, { logger, metrics, teardown });
  const readModels = await openReadModels(config, engines, feeds, calendar, options, logger, teardown);
  const processor = openProcessor(engines, calendar, metrics, options, logger, teardown);
  metrics.gauge({
    queueDepth: () => processor.depth,
    cachedBytes: () => processor.cachedBytes,
    lag: () => readModels.lag(),
  });
  readModels.start();
  startBusinessDay(processor, readModels, calendar, options, logger, teardown);
  if (feeds.kafka !== null) startIntake(feeds.kafka, processor, { logger, metrics, teardown });
  const kafka = feeds.kafka?.connection ?? null;
  const { store, embedded } = engines;
  const parts: HttpParts = { processor, store, embedded, readModels, kafka, metrics, logger };
  const httpLimits = { ...DEFAULT_HTTP_LIMITS, ...config.http.limits, ...options.httpLimits };
  const url = await startHttp(parts, config.http, httpLimits, teardown);
  teardown.add('server file', await writeServerFile(config.dataDir, url));
  return url;
}

async function openReadModels(
  { timeZone, eventStore }: Config,
  { connectionString }: Engines,
  { feed, kafka }: Feeds,
  calendar: BusinessCalendar,
  { projectorThread = false }: StandaloneOptions,
  logger: Logger,
  teardown: Teardown,
): Promise<ReadModels> {
  const onError = (error: Error): void =>
    logger.warn({ err: error }, 'the read models could not be brought up to date: trying again');
  const inThread = projectorThread && kafka === null;
  const readModels = await ReadModels.open({
    connectionString,
    feed,
    businessDate: () => calendar.today(),
    timeZone,
    onError,
    ...(inThread && {
      projectBy: (onApplied) => new ProjectorThread({ eventStore, connectionString, onApplied, onError }),
    }),
  });
  teardown.add('read models', () => readModels.close());
  return readModels;
}

function openProcessor(
  { store }: Engines,
  calendar: BusinessCalendar,
  metrics: Metrics,
  { limits = {} }: StandaloneOptions,
  logger: Logger,
  teardown: Teardown,
): AccountProcessor<AccountState> {
  const policies = policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy)));
  const decider = accountDecider(policies, NO_EXCHANGE_RATES);
  const processor = new AccountProcessor({ store, decider, calendar, limits, observer: metrics.observer(logger) });
  teardown.add('account processor', () => processor.close());
  return processor;
}

function startBusinessDay(
  processor: AccountProcessor<AccountState>,
  readModels: ReadModels,
  calendar: BusinessCalendar,
  { businessDayEveryMs }: StandaloneOptions,
  logger: Logger,
  teardown: Teardown,
): void {
  const businessDay = new BusinessDay({
    calendar,
    accounts: { accountsToRecheck: (today) => accountsToRecheck(readModels, today) },
    processor,
    ...(businessDayEveryMs === undefined ? {} : { everyMs: businessDayEveryMs }),
    onError: (error) => logger.warn({ err: error }, 'held orders could not all be looked at again: trying again'),
  });
  teardown.add('business day', () => businessDay.stop());
  businessDay.start();
}

async function accountsToRecheck({ queries }: ReadModels, today: string): Promise<readonly AccountId[]> {
  const { value } = await queries.accountsToRecheck(today);
  return value.map((accountId) => accountId as AccountId);
}
