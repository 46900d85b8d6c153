import type { TestDatabase } from '@duestream/platform/testing';
import type { StandaloneOptions } from '@duestream/standalone';
import { startTestServer, type TestServer } from '../../e2e/support/server';

export type WithServer = (
  httpLimits: NonNullable<StandaloneOptions['httpLimits']>,
  test: (server: TestServer) => Promise<void>,
) => Promise<void>;

/** Runs a test with a server of its own that has other limits. */
export function serversOn(database: () => Pick<TestDatabase, 'connectionString'>): WithServer {
  return async (httpLimits, test) => {
    const server = await startTestServer(database().connectionString, { httpLimits });
    try {
      await test(server);
    } finally {
      await server.close();
    }
  };
}
