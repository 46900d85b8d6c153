import { Pool } from 'pg';
import { asError } from '../pause';

/** What the active relay has put into Kafka for certain. */
export interface RelayProgress {
  /** Everything of the store up to here is acknowledged; null: nothing yet. */
  readonly position: string | null;
  /** Of each partition, the offset after the last record that was acknowledged. */
  readonly ends: Readonly<Record<string, string>>;
}

/** The right to do what one process does at a time, until it runs out or somebody else has taken it. */
export interface Lease {
  readonly progress: RelayProgress;
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal;
  /** False as soon as another could have it, by this process's own clock. */
  isHeld(): boolean;
  /** Keeps the progress; rejects with `LeaseLost` when it is another's by now. */
  save(progress: RelayProgress): Promise<void>;
  /** Lets the next one begin at once. */
  release(): Promise<void>;
}

export class LeaseLost extends Error {
  readonly code = 'relay.lease-lost';
  constructor() {
    super('another process has taken over');
  }
}

export interface LeasesOptions {
  readonly connectionString: string;
  /** What is done: one lease per name. */
  readonly name: string;
  readonly holder: string;
  readonly ttlMs: number;
  readonly onError: (error: Error) => void;
}

/** Any number: it only has to be the same in every process that creates the table. */
const MIGRATION_LOCK = 4_206_060;
/** A holder stops this much before its lease ends, so that it does not send while the next one begins. */
const MARGIN_MS = 500;
const STATEMENT_TIMEOUT_MS = 2_000;

/**
 * Leases in PostgreSQL, of relays and of whatever else one process does at a time: a row per name with the epoch of its
 * holder, so that one that was overtaken changes nothing. Its clock is the server's.
 */
export class Leases {
  private constructor(
    private readonly pool: Pool,
    private readonly options: LeasesOptions,
  ) {}

  static async open(options: LeasesOptions): Promise<Leases> {
    const pool = new Pool({
      connectionString: options.connectionString,
      application_name: 'duestream lease',
      max: 2,
      connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      // Losing the last progress in a crash of the server costs a repetition, which consumers leave out.
      options: '-c synchronous_commit=off',
      keepAlive: true,
    });
    pool.on('error', () => undefined);
    try {
      await pool.query(SCHEMA);
      return new Leases(pool, options);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Null while another holds it. */
  async tryAcquire(): Promise<Lease | null> {
    const { name, holder, ttlMs } = this.options;
    const askedAt = performance.now();
    const { rows } = await this.pool.query<{ epoch: string; position: string | null; ends: Record<string, string> }>(
      ACQUIRE,
      [name, holder, ttlMs],
    );
    const [row] = rows;
    return row === undefined ? null : new HeldLease(this.pool, this.options, row, askedAt);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

class HeldLease implements Lease {
  readonly progress: RelayProgress;
  private readonly losing = new AbortController();
  private readonly epoch: string;
  private readonly renewing: NodeJS.Timeout;
  private heldUntil: number;

  constructor(
    private readonly pool: Pool,
    private readonly options: LeasesOptions,
    { epoch, position, ends }: { readonly epoch: string } & RelayProgress,
    askedAt: number,
  ) {
    this.epoch = epoch;
    this.progress = { position, ends };
    this.heldUntil = askedAt + options.ttlMs;
    this.renewing = setInterval(() => void this.renew(), options.ttlMs / 3);
  }

  get lost(): AbortSignal {
    return this.losing.signal;
  }

  isHeld(): boolean {
    if (performance.now() >= this.heldUntil - MARGIN_MS) this.lose();
    return !this.losing.signal.aborted;
  }

  async save({ position, ends }: RelayProgress): Promise<void> {
    await this.update(SAVE, [position, JSON.stringify(ends)]);
  }

  async release(): Promise<void> {
    this.lose();
    const { name, holder } = this.options;
    await this.pool.query(RELEASE, [name, this.epoch, holder]);
  }

  private async renew(): Promise<void> {
    if (!this.isHeld()) return;
    try {
      await this.update(RENEW, []);
    } catch (error) {
      // It may still be had in time; `isHeld` says when it is over.
      if (!(error instanceof LeaseLost)) this.options.onError(asError(error));
    }
  }

  private async update(statement: string, values: readonly unknown[]): Promise<void> {
    const { name, holder, ttlMs } = this.options;
    const askedAt = performance.now();
    const { rowCount } = await this.pool.query(statement, [name, this.epoch, holder, ttlMs, ...values]);
    if (rowCount !== 1) {
      this.lose();
      throw new LeaseLost();
    }
    this.heldUntil = Math.max(this.heldUntil, askedAt + ttlMs);
  }

  private lose(): void {
    clearInterval(this.renewing);
    this.losing.abort();
  }
}

const SCHEMA = `
  BEGIN;
  SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
  CREATE SCHEMA IF NOT EXISTS feed;
  CREATE TABLE IF NOT EXISTS feed.relays (
    name       text        PRIMARY KEY,
    epoch      bigint      NOT NULL,
    holder     text        NOT NULL,
    expires_at timestamptz NOT NULL,
    position   text,
    ends       json        NOT NULL DEFAULT '{}'
  );
  COMMIT`;

const ACQUIRE = `
  INSERT INTO feed.relays AS relay (name, epoch, holder, expires_at)
  VALUES ($1, 1, $2, clock_timestamp() + $3 * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE
    SET epoch = relay.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at
    WHERE relay.expires_at < clock_timestamp()
  RETURNING epoch, position, ends`;

// A crash of the server may take the newest epoch back, and then give it out again: to another holder.
const MINE = `name = $1 AND epoch = $2 AND holder = $3`;
const EXTENDED = `expires_at = clock_timestamp() + $4 * interval '1 millisecond'`;
const RENEW = `UPDATE feed.relays SET ${EXTENDED} WHERE ${MINE}`;
const SAVE = `UPDATE feed.relays SET ${EXTENDED}, position = $5, ends = $6 WHERE ${MINE}`;
const RELEASE = `UPDATE feed.relays SET expires_at = '-infinity' WHERE ${MINE}`;
