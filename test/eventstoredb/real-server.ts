import { spawnSync } from 'node:child_process';
import { EventStoreDbEventStore } from '@duestream/event-store';
import type { EngineUnderTest } from '@duestream/event-store/testing';
import { connectionStringOf } from './stand-in-engine';

/** The version that the adapter's facts were measured on. */
const IMAGE = 'eventstore/eventstore:24.2.0-jammy';
const PORT = 2113;
const START_TIMEOUT_MS = 120_000;

/**
 * How to reach a real server: the one that `DUESTREAM_TEST_EVENTSTOREDB_URL` names (a single node, `?tls=false`),
 * else one in a container; null where neither can be had.
 */
export function realServer(): (() => Promise<EngineUnderTest>) | null {
  const url = process.env['DUESTREAM_TEST_EVENTSTOREDB_URL'];
  if (url !== undefined && url !== '') return () => Promise.resolve(engineAt(url, () => Promise.resolve()));
  return isDockerThere() ? startContainer : null;
}

function isDockerThere(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
}

async function startContainer(): Promise<EngineUnderTest> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
    })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  const url = `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`;
  return engineAt(url, async () => void (await container.stop()));
}

function engineAt(url: string, dispose: () => Promise<void>): EngineUnderTest {
  const [, host, port] = /^esdb:\/\/(?:[^@]*@)?([^:/?,]+):?(\d*)/.exec(url) ?? [];
  if (host === undefined) throw new Error('DUESTREAM_TEST_EVENTSTOREDB_URL is not like esdb://host:2113?tls=false');
  return {
    address: { host, port: Number(port === '' ? PORT : port) },
    open: () => EventStoreDbEventStore.open({ connectionString: url }),
    openThrough: (proxy) =>
      EventStoreDbEventStore.open({ connectionString: connectionStringOf({ host: '127.0.0.1', port: proxy.port }) }),
    dispose,
  };
}
