import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { testKafkaConfig } from '@duestream/event-feed/testing';
import { createTestDatabase, describeWithKafka } from '@duestream/platform/testing';
import { Cluster } from '../../scripts/cluster/cluster';
import { StandInNode } from '../eventstoredb-stand-in';
import { connectionStringOf } from '../eventstoredb/stand-in-engine';

const root = path.resolve(__dirname, '../..');
const run = promisify(execFile);
const TIMEOUT_MS = 240_000;
const STORY = [
  'api: order SO-1 of 400.00 is approved',
  'queries: the exposure is 400.00',
  'intake: order SO-2 of 250.00 is approved',
  'queries: the exposure is 650.00',
];

describeWithKafka('npm run cluster', (broker) => {
  beforeAll(() => run(process.execPath, ['scripts/build.mjs', 'scripts/cluster'], { cwd: root }), TIMEOUT_MS);

  it(
    'decides orders of both doors in one role, shows them in another, and ends by itself when asked to',
    async () => {
      await withEnvironment(async (env) => {
        expect(storyIn(await runCluster(env))).toEqual(STORY);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'does so with its events in EventStoreDB (stand-in) when one is named',
    async () => {
      const node = await StandInNode.start();
      try {
        await withEnvironment(async (env) => {
          const out = await runCluster({ ...env, DUESTREAM_EVENTSTOREDB_URL: connectionStringOf(node.address) });
          expect(out).toContain(`eventstoredb 127.0.0.1:${node.address.port}\n`);
          expect(storyIn(out)).toEqual(STORY);
          expect(node.log.records.filter(({ type }) => type.startsWith('order.placed.'))).toHaveLength(2);
        });
      } finally {
        await node.stop();
      }
    },
    TIMEOUT_MS,
  );

  it('ends with what is wrong in its configuration before it starts an engine', async () => {
    const said: string[] = [];
    const env = { PATH: process.env['PATH'], DUESTREAM_EVENT_STORE: 'eventstoredb' };
    const started = Cluster.start({ env, intakes: 1, projectors: 1, say: (line) => said.push(line) });
    await expect(started).rejects.toThrow(/DUESTREAM_EVENTSTOREDB_URL is not set/);
    expect(said).toEqual([]);
  });

  it(
    'leaves nothing running when somebody will not wait for its start',
    async () => {
      await withEnvironment(async (env) => {
        const enough = new AbortController();
        const started = Cluster.start({
          env: { PATH: process.env['PATH'], ...env },
          intakes: 1,
          projectors: 1,
          say: (line) => {
            if (line.startsWith('starting api')) enough.abort();
          },
          signal: enough.signal,
        });
        await expect(started).rejects.toMatchObject({ code: 'cluster.interrupted' });
      });
    },
    TIMEOUT_MS,
  );

  it(
    'has every role tell its health and what it depends on, starts again what was killed, and stops everything',
    async () => {
      await withEnvironment(async (env) => {
        const said: string[] = [];
        const cluster = await Cluster.start({
          env: { PATH: process.env['PATH'], ...env },
          intakes: 1,
          projectors: 1,
          relays: 2,
          say: (line) => said.push(line),
        });
        try {
          const ready = await Promise.all((await cluster.addresses()).map(([name, url]) => readiness(name, url)));
          expect(Object.fromEntries(ready)).toEqual({
            api: ['eventStore', 'accountProcessor'],
            intake: ['eventStore', 'kafka', 'accountProcessor'],
            'relay-1': ['eventStore', 'kafka', 'relay'],
            'relay-2': ['eventStore', 'kafka', 'relay'],
            projector: ['eventStore', 'kafka', 'readModels'],
            queries: ['eventStore', 'readModels'],
          });
          const [relay] = cluster.of('relay');
          const before = await relay?.url();
          await relay?.kill();
          expect(await relay?.url()).toBe(before);
          expect(relay?.starts).toBe(2);
          expect(said).toContain('relay-1 ended (SIGKILL): starting it again');
        } finally {
          const addresses = await cluster.addresses();
          await cluster.stop();
          const left = await Promise.allSettled(addresses.map(([, url]) => fetch(url)));
          expect(left.map(({ status }) => status)).toEqual(addresses.map(() => 'rejected'));
        }
      });
    },
    TIMEOUT_MS,
  );

  it(
    'ends with what is wrong when a role can not be started, and leaves nothing running',
    async () => {
      await withEnvironment(async (env) => {
        const wrong = { ...env, DUESTREAM_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nowhere' };
        const started = Cluster.start({ env: wrong, intakes: 1, projectors: 1, say: () => undefined });
        await expect(started).rejects.toThrow(/could not be started 3 times in a row: exit code 2: .*ECONNREFUSED/);
      });
    },
    TIMEOUT_MS,
  );

  async function runCluster(env: Readonly<Record<string, string>>): Promise<string> {
    const options = { cwd: root, env: { PATH: process.env['PATH'], ...env } };
    const args = ['dist/scripts/cluster/main.js', '--exit', '--intakes', '1', '--projectors', '1'];
    return (await run(process.execPath, args, options)).stdout;
  }

  async function withEnvironment(work: (env: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
    const database = await createTestDatabase();
    const { brokers, topicPrefix, partitions } = testKafkaConfig(broker);
    try {
      await work({
        DUESTREAM_DATABASE_URL: database.connectionString,
        DUESTREAM_KAFKA_BROKERS: brokers.join(','),
        DUESTREAM_KAFKA_TOPIC_PREFIX: topicPrefix,
        DUESTREAM_KAFKA_PARTITIONS: String(partitions),
      });
    } finally {
      await database.drop();
    }
  }
});

function storyIn(out: string): readonly string[] {
  return out.split('\n').filter((line) => /: (order|the exposure)/.test(line));
}

/** Waits for it to be ready; the names of what it depends on. */
async function readiness(name: string, url: string): Promise<readonly [name: string, dependencies: readonly string[]]> {
  for (;;) {
    const [live, ready, metrics] = await Promise.all(
      ['live', 'ready'].map((kind) => fetch(`${url}/health/${kind}`)).concat(fetch(`${url}/metrics`)),
    );
    if (ready?.status !== 200) continue;
    expect([live?.status, metrics?.status]).toEqual([200, 200]);
    expect(await metrics?.text()).toContain('process_cpu_seconds_total');
    const { dependencies } = (await ready.json()) as { readonly dependencies: object };
    return [name, Object.keys(dependencies)];
  }
}
