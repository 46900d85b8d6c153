import { readFileSync } from 'node:fs';
import { Kafka, logLevel, type KafkaConfig as ClientConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '@duestream/platform';

/** What the client tells of itself. It calls many things an error that it then mends, such as a rebalance. */
export type KafkaLog = (message: string) => void;

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The client of the configured brokers. What it logs of itself goes to `log`; what fails for good is told by whoever asked. */
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

function logEntry(log: KafkaLog, { namespace, log: { message, ...details } }: LogEntry): void {
  const error: unknown = details['error'];
  log(`${namespace}: ${message}${typeof error === 'string' ? `: ${error}` : ''}`);
}
