import { ConfigError, type ConfigProblem } from './config-error';
import { type Variable, isLoopback, variables } from './variables';

export interface Config {
  readonly eventStore: { readonly kind: 'postgres' } | { readonly kind: 'eventstoredb'; readonly url: string };
  readonly feed: { readonly kind: 'direct' } | { readonly kind: 'kafka'; readonly kafka: KafkaConfig };
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'server'; readonly url: string };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly loopbackOnly: boolean;
    /** What is left out is as a server has it. */
    readonly limits?: {
      readonly maxConnections: number;
      readonly maxRequestsPerClient: number;
      readonly requestTimeoutMs: number;
    };
  };
  /** Absolute or relative to the working folder, as given. */
  readonly dataDir: string;
  /** IANA name; the business date is today's date there. */
  readonly timeZone: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly partitions: number;
  readonly replication: number;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly maxMessageBytes: number;
  readonly tls: { readonly caFile?: string } | null;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
}

/** Reads the configuration from environment variables. Throws a ConfigError that lists all problems at once. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: ConfigProblem[] = unknownVariables(env);
  const read = <T>(variable: Variable<T>): T => readVariable(variable, env, problems);

  const eventStore = read(variables.eventStore);
  const eventStoreDbUrl = read(variables.eventStoreDbUrl);
  const feed = read(variables.feed);
  const kafka = readKafka(read);
  const databaseUrl = read(variables.databaseUrl);
  const host = read(variables.bind);
  const config: Config = {
    eventStore: eventStore === 'postgres' ? { kind: 'postgres' } : { kind: 'eventstoredb', url: eventStoreDbUrl ?? '' },
    feed: feed === 'direct' ? { kind: 'direct' } : { kind: 'kafka', kafka },
    database: databaseUrl === undefined ? { kind: 'embedded' } : { kind: 'server', url: databaseUrl },
    http: {
      host,
      port: read(variables.port),
      loopbackOnly: isLoopback(host),
      limits: {
        maxConnections: read(variables.maxConnections),
        maxRequestsPerClient: read(variables.maxRequestsPerClient),
        requestTimeoutMs: 1_000 * read(variables.requestTimeout),
      },
    },
    dataDir: read(variables.dataDir),
    timeZone: read(variables.timeZone),
    logLevel: read(variables.logLevel),
  };
  requireWith(
    eventStore === 'eventstoredb',
    variables.eventStoreDbUrl,
    env,
    'DUESTREAM_EVENT_STORE=eventstoredb',
    problems,
  );
  requireWith(feed === 'kafka', variables.kafkaBrokers, env, 'DUESTREAM_FEED=kafka', problems);
  const saslGiven = `DUESTREAM_KAFKA_SASL=${kafka.sasl?.mechanism}`;
  requireWith(kafka.sasl !== null, variables.kafkaUsername, env, saslGiven, problems);
  requireWith(kafka.sasl !== null, variables.kafkaPassword, env, saslGiven, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readKafka(read: <T>(variable: Variable<T>) => T): KafkaConfig {
  const caFile = read(variables.kafkaCaFile);
  const mechanism = read(variables.kafkaSasl);
  const [username = '', password = ''] = [read(variables.kafkaUsername), read(variables.kafkaPassword)];
  return {
    brokers: read(variables.kafkaBrokers) ?? [],
    topicPrefix: read(variables.kafkaTopicPrefix),
    partitions: read(variables.kafkaPartitions),
    replication: read(variables.kafkaReplication),
    retentionDays: read(variables.kafkaRetentionDays),
    maxMessageBytes: read(variables.kafkaMaxMessageBytes),
    tls: read(variables.kafkaTls) === 'off' ? null : caFile === undefined ? {} : { caFile },
    sasl: mechanism === 'none' ? null : { mechanism, username, password },
  };
}

function readVariable<T>(
  variable: Variable<T>,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): T {
  const text = env[variable.name]?.trim();
  // An empty variable means the same as none: that is how compose files and shells pass on what is not set.
  if (text === undefined || text === '') return variable.fallback;
  const parsed = variable.parse(text);
  if (parsed.ok) return parsed.value;
  problems.push({
    variable: variable.name,
    value: variable.secret ? hidePassword(text) : text,
    expected: variable.expected,
  });
  return variable.fallback;
}

function requireWith(
  condition: boolean,
  variable: Variable<unknown>,
  env: Readonly<Record<string, string | undefined>>,
  because: string,
  problems: ConfigProblem[],
): void {
  if (!condition || (env[variable.name]?.trim() ?? '') !== '') return;
  problems.push({
    variable: variable.name,
    value: '',
    expected: `${variable.expected} (needed because of ${because})`,
  });
}

/** A misspelt variable would otherwise be ignored in silence. */
function unknownVariables(env: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  const known = new Set(Object.values(variables).map(({ name }) => name));
  return Object.entries(env)
    .filter(([name]) => name.startsWith('DUESTREAM_') && !name.startsWith('DUESTREAM_TEST_') && !known.has(name))
    .map(([name]) => ({
      variable: name,
      value: '…',
      expected: `one of ${[...known].join(', ')}: this name is unknown`,
    }));
}

function hidePassword(text: string): string {
  return /^[a-z+]+:\/\/[^\s@]*@[^\s@]*$/i.test(text) ? text.replace(/\/\/[^@]*@/, '//…@') : '(hidden)';
}
