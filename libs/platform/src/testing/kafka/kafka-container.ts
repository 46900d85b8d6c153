import type { StartedTestContainer } from 'testcontainers';
import { freePorts } from './kafka-cluster';
import { KAFKA_VERSION } from './kafka-jars';

const START_TIMEOUT_MS = 180_000;

export interface KafkaContainer {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** A broker in Docker; null when no engine answers. Its own reaper ends it when this process dies. */
export async function startKafkaContainer(): Promise<KafkaContainer | null> {
  // Loaded here alone, because most machines that run the tests need nothing of it.
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
  } catch {
    return null;
  }
  const [port = 0] = await freePorts(1);
  const container: StartedTestContainer = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:29093',
      KAFKA_LISTENERS: `BROKER://0.0.0.0:${port},CONTROLLER://localhost:29093`,
      KAFKA_ADVERTISED_LISTENERS: `BROKER://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return {
    brokers: [`127.0.0.1:${port}`],
    stop: async () => {
      await container.stop();
    },
  };
}
