import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Answer, ProcessorObserver } from '@duestream/application';
import type { FeedLag, IntakeObserver } from '@duestream/event-feed';
import type { Logger } from '@duestream/platform';
import { Seldom } from './seldom';

/** What the gauges read at the moment of a scrape: of an account processor, of read models, of a relay. */
export interface Gauged {
  readonly queueDepth?: () => number;
  readonly cachedBytes?: () => number;
  readonly lag?: () => Promise<FeedLag>;
  readonly isRelaying?: () => boolean;
}

/** Prometheus metrics of one server. */
export class Metrics {
  readonly registry = new Registry();
  private readonly answers = this.counter('duestream_answers_total', 'Answers to commands', ['status']);
  private readonly decisions = this.counter('duestream_decisions_total', 'New credit decisions', ['outcome']);
  private readonly conflicts = this.counter('duestream_conflicts_total', 'Times that another process wrote first');
  private readonly repeats = this.counter('duestream_write_repeats_total', 'Reads and writes repeated', ['reason']);
  private readonly overloads = this.counter('duestream_overloads_total', 'Requests turned away by a full queue');
  private readonly snapshots = this.counter('duestream_snapshots_total', 'Snapshots of long accounts', ['result']);
  private readonly relayedEvents = this.counter('duestream_relayed_events_total', 'Events acknowledged by Kafka');
  private readonly intakeAnswers = this.counter('duestream_intake_answers_total', 'Answers sent by Kafka', ['status']);
  private readonly deadLetters = this.counter('duestream_dead_letters_total', 'Records parked', ['reason']);
  private readonly rests = this.counter('duestream_intake_rests_total', 'Times that a partition had to wait');
  private readonly batchEvents = this.histogram('duestream_write_events', 'Events per write', SIZES);
  private readonly batchAccounts = this.histogram('duestream_write_accounts', 'Accounts per write', SIZES);
  private readonly appendSeconds = this.histogram('duestream_append_seconds', 'Time until a write is durable', SECONDS);
  /** By method, route and status: finding the series anew takes longer than counting. */
  private readonly httpSeries = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  private readonly httpSeconds = new Histogram({
    name: 'duestream_http_seconds',
    help: 'Time until an HTTP answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Errors of the processor are logged here too: it has no logger of its own. */
  observer(logger: Logger): ProcessorObserver {
    const seldom = new Seldom();
    return {
      answered: (answer, mode) => {
        if (mode === 'record') this.answered(answer);
      },
      misshapen: (messages) => this.refused(messages),
      written: ({ accounts, events, durationMs }) => {
        this.batchAccounts.observe(accounts);
        this.batchEvents.observe(events);
        this.appendSeconds.observe(durationMs / 1_000);
      },
      conflicted: () => this.conflicts.inc(),
      repeated: (reason) => {
        this.repeats.inc({ reason });
        seldom.tell(reason, (times) =>
          logger.warn({ reason, times }, 'the event store did not take or confirm it: repeating'),
        );
      },
      overloaded: () => this.overloads.inc(),
      snapshotSaved: () => this.snapshots.inc({ result: 'saved' }),
      snapshotFailed: (accountId, error) => {
        this.snapshots.inc({ result: 'failed' });
        logger.warn({ accountId, err: error }, 'a snapshot could not be saved');
      },
      broken: (accountId, error) => logger.error({ accountId, err: error }, 'a command could not be decided'),
    };
  }

  /** Answered with a refusal by a door, before the processor saw them. */
  refused(messages: number): void {
    this.answers.inc({ status: 'refused' }, messages);
  }

  relayed(events: number): void {
    this.relayedEvents.inc(events);
  }

  intakeObserver(logger: Logger): IntakeObserver {
    const seldom = new Seldom();
    return {
      answered: ({ status }) => this.intakeAnswers.inc({ status }),
      deadLetter: (reason) => {
        this.deadLetters.inc({ reason: reason.code });
        seldom.tell(reason.code, (times) =>
          logger.warn({ reason: reason.code, times }, 'a record could not be read and was parked'),
        );
      },
      rested: (error) => {
        this.rests.inc();
        seldom.tell('rested', (times) =>
          logger.warn({ err: error, times }, 'messages could not be taken now: they come again'),
        );
      },
    };
  }

  answeredHttp(method: string, route: string, status: number, durationMs: number): void {
    const key = `${method} ${status} ${route}`;
    let series = this.httpSeries.get(key);
    if (series === undefined) {
      series = this.httpSeconds.labels({ method, route, status });
      this.httpSeries.set(key, series);
    }
    series.observe(durationMs / 1_000);
  }

  /** Registers the gauges of what this process has, once it is there. */
  gauge({ queueDepth, cachedBytes, lag, isRelaying }: Gauged): void {
    this.observed('duestream_queue_depth', 'Commands taken and not yet answered', queueDepth);
    this.observed('duestream_cached_state_bytes', 'Approximate bytes of cached account states', cachedBytes);
    this.observed(
      'duestream_read_model_lag_events',
      'Events that the read models lack, counted up to a bound',
      lag && (() => lag().then(({ events }) => events, unknown)),
    );
    this.observed(
      'duestream_read_model_lag_seconds',
      'Age of the oldest event that the read models lack',
      lag && (() => lag().then(({ seconds }) => seconds, unknown)),
    );
    this.observed(
      'duestream_relay_active',
      '1 in the process that relays, 0 in one that stands by',
      isRelaying && (() => Number(isRelaying())),
    );
  }

  private answered(answer: Answer): void {
    this.answers.inc({ status: answer.status });
    if (answer.status === 'accepted' && answer.decision !== undefined) {
      this.decisions.inc({ outcome: answer.decision.outcome });
    }
  }

  private counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private observed(name: string, help: string, read: (() => number | Promise<number>) | undefined): void {
    if (read === undefined) return;
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  private histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, buckets: [...buckets], registers: [this.registry] });
  }
}

/** Without a database there is no lag to tell; readiness says why, and the other metrics are still wanted. */
const unknown = (): number => Number.NaN;

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** Close together where answers usually lie. A command waits up to half a minute for its answer. */
const SECONDS = [
  ...[0.000_5, 0.001, 0.002, 0.003, 0.005, 0.007_5, 0.01, 0.015, 0.02, 0.03, 0.05],
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
];
