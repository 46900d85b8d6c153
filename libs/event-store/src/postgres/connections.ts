import { DatabaseError, Pool, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { StoreClosed, Unavailable, type EventStoreError, type OutcomeUnknown } from '../port';

export interface ConnectionsOptions {
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** What a statement without an answer means here: nothing for one that only reads. */
  readonly noAnswer: typeof OutcomeUnknown | typeof Unavailable;
  /** The server ends a statement after this; we give up on a silent server a little later. */
  readonly statementTimeoutMs: number;
  /** How long a statement waits for a lock. Left out: as long as it may take. */
  readonly lockTimeoutMs?: number;
}

/** How much longer than its own time-out the server may take to say so. */
const SILENCE_MS = 2_000;

/**
 * A bounded set of connections on which single statements run, each its own transaction. Failures come out in the
 * terms of the port.
 */
export class Connections {
  private readonly pool: Pool;
  private readonly prepared = new WeakSet<PoolClient>();
  private readonly underway = new Set<Promise<unknown>>();
  private ending: Promise<void> | null = null;

  constructor(private readonly options: ConnectionsOptions) {
    this.pool = new Pool({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      max: options.connections,
      connectionTimeoutMillis: options.connectTimeoutMs,
      query_timeout: options.statementTimeoutMs + SILENCE_MS,
      keepAlive: true,
    });
    // A connection that breaks while idle leaves the pool by itself; unheard, its error would end the process.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Runs one statement. Rejects with an `EventStoreError`, or with the server's error when `keepsServerErrors` says so. */
  async query<Row extends QueryResultRow>(
    statement: QueryConfig,
    keepsServerErrors: (error: DatabaseError) => boolean = () => false,
  ): Promise<QueryResult<Row>> {
    return this.use(async (client) => {
      try {
        return await client.query<Row>(statement);
      } catch (error) {
        if (error instanceof DatabaseError && keepsServerErrors(error)) throw error;
        throw this.afterSending(error);
      }
    });
  }

  /** Lends a connection for more than one statement. It is not used again when `work` fails. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.ending !== null) throw new StoreClosed('the event store is closed');
    const running = this.lend(work);
    this.underway.add(running);
    try {
      return await running;
    } finally {
      this.underway.delete(running);
    }
  }

  /** Takes nothing more and waits for what is underway, which the pool alone would forget while it queues. */
  async end(): Promise<void> {
    this.ending ??= Promise.allSettled(this.underway).then(() => this.pool.end());
    await this.ending;
  }

  private async lend<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof DatabaseError && !endsConnection(error) ? undefined : asError(error));
      throw error;
    }
  }

  private async connect(): Promise<PoolClient> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      throw new Unavailable(`no connection to the event store: ${asError(error).message}`, { cause: error });
    }
    if (this.prepared.has(client)) return client;
    try {
      await client.query(sessionSettings(this.options));
      this.prepared.add(client);
      return client;
    } catch (error) {
      client.release(asError(error));
      throw new Unavailable(`no usable connection to the event store: ${asError(error).message}`, { cause: error });
    }
  }

  /** A statement went out and failed: did the server say that it was undone, or is there no answer? */
  private afterSending(error: unknown): EventStoreError {
    if (error instanceof DatabaseError && !endsConnection(error)) {
      return new Unavailable(`the event store refused: ${error.message} (${error.code})`, { cause: error });
    }
    return new this.options.noAnswer(`no answer from the event store: ${asError(error).message}`, { cause: error });
  }
}

/**
 * Whatever the database, role or server were set to: an acknowledged commit is on disk; statements see what others
 * committed while they waited; and plans are made once and go by key, however large the arrays and however stale the
 * statistics.
 */
function sessionSettings({ statementTimeoutMs, lockTimeoutMs = 0 }: ConnectionsOptions): string {
  return `
    SET statement_timeout = ${statementTimeoutMs};
    SET lock_timeout = ${lockTimeoutMs};
    SET default_transaction_isolation = 'read committed';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET jit = off;
    SET timezone = 'UTC'`;
}

/** Server errors that end the session (shutdown, crash, connection exceptions) can come after the commit as well. */
function endsConnection({ code = '', severity }: DatabaseError): boolean {
  return (
    code === '' || code.startsWith('08') || code.startsWith('57P') || (code.startsWith('XX') && severity !== 'ERROR')
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
