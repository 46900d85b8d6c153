import { readFileSync } from 'node:fs';
import { Kafka, logLevel, type KafkaConfig as ClientConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '@duestream/platform';

export interface KafkaLog {
  readonly debug: (message: string) => void;
  readonly warn: (message: string) => void;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The client of the configured brokers. What it logs of itself goes to `log`; what fails is told by whoever asked. */
export function kafkaClient(config: KafkaConfig, log: KafkaLog): Kafka {
  return new Kafka({
    clientId: 'duestream',
    brokers: [...config.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    ssl: sslOf(config),
    ...(config.sasl === null ? {} : { sasl: saslOf(config.sasl) }),
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logEntry(log, entry),
  });
}

function sslOf({ tls }: KafkaConfig): NonNullable<ClientConfig['ssl']> {
  if (tls === null) return false;
  return tls.caFile === undefined ? true : { ca: readFileSync(tls.caFile, 'utf8') };
}

function saslOf({ mechanism, username, password }: NonNullable<KafkaConfig['sasl']>): SASLOptions {
  return { mechanism, username, password };
}

/** The client calls many things an error that it then mends itself, such as a rebalance. */
function logEntry(log: KafkaLog, { level, namespace, log: content }: LogEntry): void {
  const message = `${namespace}: ${content.message}`;
  if (level <= logLevel.WARN) log.warn(message);
  else log.debug(message);
}
