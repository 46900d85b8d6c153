import type { EventStoreDBClient, StreamingRead } from '@eventstore/db-client';
import { StoreClosed, Unavailable } from '../port';
import { createClient, type ClientHandle } from './client';
import { readError } from './errors';

export interface ConnectionOptions {
  readonly connectionString: string;
  /** Appends without an answer after this are of unknown outcome. */
  readonly appendTimeoutMs: number;
  /** The client has no deadline for reads: one that gives nothing for so long is given up. */
  readonly readTimeoutMs: number;
}

/** One client, and what runs on it. */
export class Connection {
  private readonly handle: ClientHandle;
  private readonly underway = new Set<Promise<unknown>>();
  private ending: Promise<void> | null = null;

  constructor(readonly options: ConnectionOptions) {
    this.handle = createClient(options.connectionString);
  }

  get client(): EventStoreDBClient {
    return this.handle.client;
  }

  get isClosed(): boolean {
    return this.ending !== null;
  }

  /** Runs to its end before the connection closes. Rejects with `StoreClosed` when it is closing already. */
  async use<T>(work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    if (this.ending !== null) throw new StoreClosed('the event store is closed');
    const running = work(this.client);
    this.underway.add(running);
    try {
      return await running;
    } finally {
      this.underway.delete(running);
    }
  }

  /** Gives every event of a read to `take`, in order. Rejects in the terms of the port. */
  async read<E>(open: (client: EventStoreDBClient) => StreamingRead<E>, take: (event: E) => void): Promise<void> {
    await this.use(() => this.readWithin(open, take));
  }

  /** As a part of something that is underway already and has to come to its end. */
  async readWithin<E>(open: (client: EventStoreDBClient) => StreamingRead<E>, take: (event: E) => void): Promise<void> {
    try {
      await drain(open(this.client), take, this.options.readTimeoutMs);
    } catch (error) {
      throw readError(error);
    }
  }

  /** Takes nothing more, waits for what is underway and disconnects. */
  async end(): Promise<void> {
    this.ending ??= Promise.allSettled(this.underway).then(() => this.handle.dispose());
    await this.ending;
  }
}

async function drain<E>(events: StreamingRead<E>, take: (event: E) => void, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const late = () =>
        reject(new Unavailable(`no connection to the event store: it gave nothing for ${timeoutMs} ms`));
      timer = setTimeout(late, timeoutMs);
      events.on('data', (event: E) => {
        timer?.refresh();
        try {
          take(event);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      events.on('end', resolve);
      // Stays on: an error that comes after another would end the process.
      events.on('error', reject);
    });
  } catch (error) {
    // A read that is left early stays open otherwise.
    void events.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
