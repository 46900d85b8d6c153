import { startApi } from '@duestream/api';
import type { Running } from '@duestream/hosting';
import { startIntakeRole } from '@duestream/intake';
import { loadRoleConfig, type KafkaConfig, type Role, type RoleConfig } from '@duestream/platform';
import { startProjector } from '@duestream/projector';
import { startQueries } from '@duestream/queries';
import { startRelayRole } from '@duestream/relay';

const starts: Readonly<Record<Role, (config: RoleConfig) => Promise<Running>>> = {
  api: startApi,
  intake: startIntakeRole,
  relay: startRelayRole,
  projector: startProjector,
  queries: startQueries,
};

/** A role in this process, configured as an operator would do it. Without an EventStoreDB events live in the database. */
export function startRole(
  role: Role,
  databaseUrl: string,
  kafka: KafkaConfig,
  eventStoreDbUrl: string | null = null,
): Promise<Running> {
  return starts[role](roleConfig(role, databaseUrl, kafka, eventStoreDbUrl));
}

export function roleConfig(
  role: Role,
  databaseUrl: string,
  kafka: KafkaConfig,
  eventStoreDbUrl: string | null = null,
): RoleConfig {
  const store = eventStoreDbUrl === null ? {} : eventStoreDb(eventStoreDbUrl);
  return loadRoleConfig({ ...environmentOf(databaseUrl, kafka), ...store }, role);
}

function eventStoreDb(url: string): Readonly<Record<string, string>> {
  return { DUESTREAM_EVENT_STORE: 'eventstoredb', DUESTREAM_EVENTSTOREDB_URL: url };
}

function environmentOf(databaseUrl: string, kafka: KafkaConfig): Readonly<Record<string, string>> {
  return {
    DUESTREAM_DATABASE_URL: databaseUrl,
    DUESTREAM_FEED: 'kafka',
    DUESTREAM_KAFKA_BROKERS: kafka.brokers.join(','),
    DUESTREAM_KAFKA_TOPIC_PREFIX: kafka.topicPrefix,
    DUESTREAM_KAFKA_PARTITIONS: String(kafka.partitions),
    DUESTREAM_PORT: '0',
    DUESTREAM_LOG_LEVEL: process.env['DUESTREAM_TEST_LOG'] === undefined ? 'silent' : 'debug',
  };
}
