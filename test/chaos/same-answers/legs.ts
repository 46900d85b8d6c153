import path from 'node:path';
import { connectKafka } from '@duestream/event-feed';
import { testKafkaConfig } from '@duestream/event-feed/testing';
import type { Config, EmbeddedPostgres } from '@duestream/platform';
import { startStandalone } from '@duestream/standalone';
import { StandInNode } from '../../eventstoredb-stand-in';
import { administer } from '../support/database';
import { HttpClient } from '../support/http';
import type { Run } from '../support/run';
import { httpDoor, topicDoor, type Door } from './doors';
import { TODAY } from './message-file';

/** One way through Duestream. */
export interface Leg {
  readonly store: 'PostgreSQL' | 'EventStoreDB (stand-in)' | 'EventStoreDB';
  readonly feed: 'direct' | 'Kafka';
  readonly door: 'HTTP' | 'topic';
}

export interface RunningLeg {
  readonly http: HttpClient;
  readonly door: Door;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly postgres: EmbeddedPostgres;
  readonly brokers: readonly string[];
  /** Of a real and empty server, where there is one. */
  readonly eventStoreDbUrl: string | null;
}

const STAND_IN_LEGS: readonly Leg[] = [
  { store: 'PostgreSQL', feed: 'direct', door: 'HTTP' },
  { store: 'PostgreSQL', feed: 'Kafka', door: 'HTTP' },
  { store: 'PostgreSQL', feed: 'Kafka', door: 'topic' },
  { store: 'EventStoreDB (stand-in)', feed: 'direct', door: 'HTTP' },
  { store: 'EventStoreDB (stand-in)', feed: 'Kafka', door: 'HTTP' },
  { store: 'EventStoreDB (stand-in)', feed: 'Kafka', door: 'topic' },
];

/** The first is what the others are held against. A real server has room for one, because it must be empty before. */
export function legsOf({ eventStoreDbUrl }: Surroundings): readonly Leg[] {
  if (eventStoreDbUrl === null) return STAND_IN_LEGS;
  return [...STAND_IN_LEGS, { store: 'EventStoreDB', feed: 'Kafka', door: 'topic' }];
}

export function nameOf({ store, feed, door }: Leg): string {
  return `${store}, ${feed}, ${door === 'HTTP' ? 'over HTTP' : 'through the topic'}`;
}

/** A server of its own with everything empty, whose clock stands still. */
export async function startLeg(run: Run, leg: Leg, number: number, around: Surroundings): Promise<RunningLeg> {
  const database = `leg_${number}`;
  await administer(around.postgres, (client) => client.query(`CREATE DATABASE ${database} OWNER duestream`));
  const databaseUrl = around.postgres.connectionString(database);
  const node = leg.store === 'EventStoreDB (stand-in)' ? await StandInNode.start() : null;
  const kafka = testKafkaConfig({ brokers: around.brokers, newPrefix: () => `same-${Date.now()}-${number}.` });
  const config: Config = {
    eventStore: eventStoreOf(leg, node, around),
    feed: leg.feed === 'direct' ? { kind: 'direct' } : { kind: 'kafka', kafka },
    database: { kind: 'server', url: databaseUrl },
    http: { host: '127.0.0.1', port: 0, loopbackOnly: true },
    dataDir: path.join(run.folder, `${database}-data`),
    timeZone: 'UTC',
    logLevel: 'fatal',
  };
  const server = await startStandalone(config, { clock: () => Date.parse(`${TODAY}T12:00:00Z`) });
  const http = new HttpClient(Number(new URL(server.url).port));
  return {
    http,
    door: leg.door === 'HTTP' ? httpDoor(http) : await openTopicDoor(kafka),
    databaseUrl,
    close: async () => {
      http.close();
      await server.close();
      await node?.stop();
    },
  };
}

async function openTopicDoor(config: Parameters<typeof connectKafka>[0]): Promise<Door> {
  const { kafka, topics } = await connectKafka(config, () => undefined);
  return topicDoor(kafka, topics);
}

function eventStoreOf(
  { store }: Leg,
  node: StandInNode | null,
  { eventStoreDbUrl }: Surroundings,
): Config['eventStore'] {
  if (node !== null) return { kind: 'eventstoredb', url: `esdb://127.0.0.1:${node.address.port}?tls=false` };
  return store === 'PostgreSQL' ? { kind: 'postgres' } : { kind: 'eventstoredb', url: eventStoreDbUrl ?? '' };
}
