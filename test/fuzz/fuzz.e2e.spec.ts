import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useTestDatabase } from '@duestream/platform/testing';
import { startTestServer } from '../e2e/support/server';
import { curlOf } from './curl';
import { generate } from './generate';
import { describe as describeApi } from './description';
import { prepare } from './wire';
import { Fuzz } from './run';

const database = useTestDatabase();

/** Small, so that the suite stays quick; `npm run fuzz` has more of each. */
const CASES_PER_OPERATION = 20;
const SEED = 4;

it('every bad request is refused by name with a 4xx and writes nothing, every right one is taken', async () => {
  const { connectionString } = database();
  // Clients and server share this thread: within a second it can't always get round to a request that is not slow.
  const httpLimits = { requestTimeoutMs: 4_000, sweepEveryMs: 50 };
  const server = await startTestServer(connectionString, { httpLimits });
  const folder = mkdtempSync(path.join(tmpdir(), 'duestream-fuzz-'));
  try {
    const options = {
      url: server.url,
      databaseUrl: connectionString,
      seed: SEED,
      casesPerOperation: CASES_PER_OPERATION,
    };
    const fuzz = await Fuzz.open(options);
    try {
      const { failures, operations } = await fuzz.run();
      const told = failures.map(({ operation, kind, what, failure, answer, prepared }, index) =>
        [
          operation,
          kind,
          what,
          failure,
          answer.text.slice(0, 300),
          curlOf(prepared, server.url, folder, `${index}`),
        ].join('\n'),
      );
      expect(told).toEqual([]);
      expect(operations.filter(({ cases }) => cases < CASES_PER_OPERATION)).toEqual([]);
      expect(operations.length).toBeGreaterThan(60);
    } finally {
      await fuzz.close();
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}, 300_000);

it('the same seed gives the same requests, another seed others', async () => {
  const openApi = (await import('../../docs/openapi.json')).default as Parameters<typeof describeApi>[0];
  const description = describeApi(openApi);
  const some = description.operations.filter(({ id }) => id.startsWith('Cash_') || id.endsWith('.changed.v1'));
  const requestsOf = (seed: number): string => {
    const hash = createHash('sha256');
    for (const { method, target, headers, body } of some.flatMap((one) =>
      generate(one, description, seed, 100).map(prepare),
    )) {
      hash.update(JSON.stringify([method, target, headers])).update(body ?? '');
    }
    return hash.digest('hex');
  };
  expect(requestsOf(1)).toBe(requestsOf(1));
  expect(requestsOf(1)).not.toBe(requestsOf(2));
});
