import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Leases, type Lease } from '@duestream/event-feed';
import type { Logger } from '@duestream/platform';
import { pause } from './pause';
import { Teardown } from './teardown';

export interface InOnePlaceOptions {
  /** Where the lease is. */
  readonly connectionString: string;
  /** The same name in every process that could do it. */
  readonly name: string;
  readonly logger: Logger;
  /** Begins the work; what it puts on the teardown ends it. */
  readonly begin: (teardown: Teardown) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const LEASE_MS = 10_000;
const ASK_EVERY_MS = 2_000;

/**
 * Has work done by one process at a time: by whoever has the lease. Another takes over when that one stops or is gone.
 * Opens nothing before it is its turn, and tries for ever. Answers what ends it.
 */
export function runInOnePlace(options: InOnePlaceOptions): () => Promise<void> {
  const stopped = new AbortController();
  const running = keepTrying(options, stopped.signal);
  return async () => {
    stopped.abort();
    await running;
  };
}

async function keepTrying(options: InOnePlaceOptions, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await takeTurns(options, stopped);
    } catch (error) {
      options.onError(error);
      await pause(ASK_EVERY_MS, stopped);
    }
  }
}

async function takeTurns(options: InOnePlaceOptions, stopped: AbortSignal): Promise<void> {
  const { connectionString, name, onError } = options;
  const holder = `${process.pid} ${randomUUID()}`;
  const leases = await Leases.open({ connectionString, name, holder, ttlMs: LEASE_MS, onError });
  try {
    while (!stopped.aborted) {
      const lease = await leases.tryAcquire();
      if (lease !== null) await workUnder(lease, options, stopped);
      await pause(ASK_EVERY_MS, stopped);
    }
  } finally {
    await leases.close();
  }
}

async function workUnder(
  lease: Lease,
  { begin, logger, onError }: InOnePlaceOptions,
  stopped: AbortSignal,
): Promise<void> {
  const teardown = new Teardown(logger);
  const over = AbortSignal.any([stopped, lease.lost]);
  try {
    await begin(teardown);
    if (!over.aborted) await once(over, 'abort');
  } finally {
    await teardown.run();
    await lease.release().catch(onError);
  }
}
