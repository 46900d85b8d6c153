import { createLogger, type Config } from '@duestream/platform';
import { Metrics } from './metrics';
import { BindNotLoopback } from './start-error';
import type { Surroundings } from './surroundings';
import { Teardown } from './teardown';

export interface Running {
  readonly url: string;
  /** Who can reach it, for whoever started it. */
  readonly notice: string;
  /** Stops accepting, finishes what is in flight, closes everything in order. Safe to call twice. */
  close(): Promise<void>;
}

const ONLY_HERE = 'There is no authentication yet, so only this machine can reach it.';
const OPEN = 'There is no authentication yet: whoever reaches this address may do everything.';

/** Opens the parts of a process, which answer at an address. When one fails, closes the others and rejects with what is wrong. */
export async function startProcess(
  { http, logLevel, timeZone }: Config,
  open: (around: Surroundings) => Promise<string>,
): Promise<Running> {
  if (!http.loopbackOnly && http.privateNetwork !== true) throw new BindNotLoopback(http.host);
  const logger = createLogger({ level: logLevel });
  const teardown = new Teardown(logger);
  try {
    const url = await open({ logger, teardown, metrics: new Metrics() });
    const notice = http.loopbackOnly ? ONLY_HERE : OPEN;
    logger.info({ url, timeZone }, `ready. ${notice}`);
    return { url, notice, close: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
