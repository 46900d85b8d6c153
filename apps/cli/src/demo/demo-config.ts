import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Config } from '@duestream/platform';

/**
 * Apart from what `duestream start` keeps, whatever engines that one is configured with: a made-up company must never
 * get into a store that knows no deleting. And at the usual port when that is free.
 */
export async function demoConfig(config: Config): Promise<Config> {
  const port = (await isFree(config.http.port)) ? config.http.port : 0;
  return {
    ...config,
    eventStore: { kind: 'postgres' },
    feed: { kind: 'direct' },
    database: { kind: 'embedded' },
    http: { ...config.http, port },
    dataDir: path.join(config.dataDir, 'demo'),
    logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel,
  };
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    // Somebody has it, or we may not: any other port will do.
    return false;
  } finally {
    server.close();
  }
}
