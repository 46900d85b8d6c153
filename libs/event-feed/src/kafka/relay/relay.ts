import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { PublicEvent } from '@duestream/contracts';
import type { EventStore, StoredEvent } from '@duestream/event-store';
import { publishStored } from '../../direct/publish';
import { asError, pause, untilAborted } from '../pause';
import { EventPublisher } from './event-publisher';
import { Leases, LeaseLost, type Lease } from './lease';
import { RecordsLost } from './records-lost';

export interface RelayOptions {
  readonly store: Pick<EventStore, 'subscribeToAll'>;
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  readonly maxMessageBytes: number;
  /** Where the lease and the progress are. */
  readonly connectionString: string;
  readonly onError: (error: Error) => void;
  readonly onRelayed?: (events: number) => void;
  readonly batchSize?: number;
  readonly lingerMs?: number;
  readonly leaseTtlMs?: number;
  /** An idle partition is told again where the store stands, before all that it holds has gone out of retention. */
  readonly idleMs?: number;
  readonly publish?: (stored: StoredEvent) => PublicEvent | null;
  readonly now?: () => Date;
}

export type RelayState = 'stopped' | 'standby' | 'active';

const DEFAULTS = { batchSize: 1_000, lingerMs: 5, leaseTtlMs: 3_000, idleMs: 60_000 } as const;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** Standing by: how often to ask for the lease. */
const ASK_EVERY_MS = 500;

/**
 * Brings the store's events into Kafka: at least once, every account's in its order. Any process may run one; the one
 * with the lease is active. It goes on from what was acknowledged, so a kill costs a repetition and never a gap.
 */
export class Relay {
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private current: RelayState = 'standby';
  private failure: string | null = null;
  private stopping: Promise<void> | null = null;

  private constructor(
    private readonly options: RelayOptions,
    private readonly leases: Leases,
  ) {
    this.running = this.run();
  }

  /** Creates its table; from then on it tries for ever, and tells `onError`. */
  static async start(options: RelayOptions): Promise<Relay> {
    const { connectionString, topic, onError, leaseTtlMs = DEFAULTS.leaseTtlMs } = options;
    const holder = `${process.pid} ${randomUUID()}`;
    const leases = await Leases.open({ connectionString, name: topic, holder, ttlMs: leaseTtlMs, onError });
    return new Relay(options, leases);
  }

  get state(): RelayState {
    return this.current;
  }

  /** What keeps it from working or standing by, until it does again. */
  get trouble(): string | null {
    return this.failure;
  }

  /** Ends after the batch at hand and lets another take over at once. */
  async stop(): Promise<void> {
    this.stopping ??= this.end();
    await this.stopping;
  }

  private async end(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await this.leases.close();
    this.current = 'stopped';
  }

  private async run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.stopped.signal.aborted) {
      try {
        const lease = await this.leases.tryAcquire();
        if (lease === null) await this.standBy();
        else await this.relayUnder(lease);
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.failure = asError(error).message;
        this.options.onError(asError(error));
        await pause(retryMs, this.stopped.signal);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
    }
  }

  private async standBy(): Promise<void> {
    this.failure = null;
    await pause(ASK_EVERY_MS, this.stopped.signal);
  }

  private async relayUnder(lease: Lease): Promise<void> {
    const { kafka, topic, partitions, maxMessageBytes, now = () => new Date() } = this.options;
    // Half: a partition's share of a send is one batch there, which has to stay below the topic's limit.
    const publisher = new EventPublisher({ kafka, topic, partitions, maxBytes: maxMessageBytes / 2, now });
    this.current = 'active';
    try {
      const from = await this.startingPoint(lease);
      if (from !== null) await publisher.watermark(from);
      this.failure = null;
      await this.follow(lease, publisher, from);
      if (publisher.lost.aborted) await this.forget(lease, asError(publisher.lost.reason));
    } finally {
      this.current = 'standby';
      await publisher.close().catch(this.options.onError);
      await lease.release().catch(this.options.onError);
    }
  }

  /** Resolves when the relay is stopped, the lease is lost, or Kafka has lost records. */
  private async follow(lease: Lease, publisher: EventPublisher, from: string | null): Promise<void> {
    const { store, publish = publishStored, onRelayed = () => undefined, onError } = this.options;
    const { batchSize = DEFAULTS.batchSize, lingerMs = DEFAULTS.lingerMs } = this.options;
    const reminding = setInterval(() => {
      if (lease.isHeld()) void publisher.remind().catch(onError);
    }, this.options.idleMs ?? DEFAULTS.idleMs);
    const subscription = store.subscribeToAll({
      after: from,
      batchSize,
      lingerMs,
      onEvents: async (stored, position) => {
        if (!lease.isHeld()) throw new LeaseLost();
        const events = stored.flatMap((event) => publish(event) ?? []);
        await publisher.publish(events, position);
        await lease.save({ position, ends: endsOf(publisher) });
        onRelayed(events.length);
      },
      onError,
    });
    try {
      await untilAborted(this.stopped.signal, lease.lost, publisher.lost);
    } finally {
      clearInterval(reminding);
      await subscription.stop();
    }
  }

  /**
   * Where the last relay ended. When Kafka has less than was acknowledged (a topic made anew, a cluster that lost its
   * disks), what is missing is not known, so everything is relayed again: Kafka carries events, the store keeps them.
   */
  private async startingPoint(lease: Lease): Promise<string | null> {
    const { kafka, topic } = this.options;
    const { position, ends } = lease.progress;
    const admin = kafka.admin();
    try {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(topic);
      const lost = offsets.filter(({ partition, high }) => BigInt(high) < BigInt(ends[partition] ?? 0));
      if (lost.length === 0) return position;
      const partitions = lost.map(({ partition }) => partition);
      await this.forget(lease, new RecordsLost(topic, partitions));
      return null;
    } finally {
      await admin.disconnect();
    }
  }

  /** Kept at once: after a kill the topic may have grown past its former end, and what is missing would not show. */
  private async forget(lease: Lease, lost: Error): Promise<void> {
    this.options.onError(lost);
    await lease.save({ position: null, ends: {} });
  }
}

function endsOf({ ends }: EventPublisher): Record<string, string> {
  return Object.fromEntries([...ends].map(([partition, end]) => [partition, String(end)]));
}
