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
    /** Somebody vouches that nobody else reaches the address. Left out: nobody does. */
    readonly privateNetwork?: boolean;
    /** Names, in lower case, that a request may call besides those of loopback. */
    readonly allowedHosts?: readonly string[];
    /** What is left out is as a server has it. */
    readonly limits?: {
      readonly maxConnections: number;
      readonly maxRequestsPerClient: number;
      readonly requestTimeoutMs: number;
    };
  };
  /** For the states of accounts. Left out: as a server has it. */
  readonly cacheBytes?: number;
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

/** A part of the work that a process of its own may do. */
export const ROLES = ['api', 'intake', 'relay', 'projector', 'queries'] as const;
export type Role = (typeof ROLES)[number];

/** Of one of several processes that share the work: over Kafka, on a database that all of them reach. */
export interface RoleConfig extends Config {
  readonly feed: Extract<Config['feed'], { kind: 'kafka' }>;
  readonly database: Extract<Config['database'], { kind: 'server' }>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration from environment variables. Throws a ConfigError that lists all problems at once. */
export function loadConfig(env: Environment): Config {
  const { config, problems } = readConfig(env);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The same for a role, which also names what that role can't do without. */
export function loadRoleConfig(env: Environment, role: Role): RoleConfig {
  const { config, problems } = readConfig(env);
  const { feed, database } = config;
  const because = `needed by the role ${role}, which shares the work with others`;
  if (feed.kind === 'direct') {
    const value = env[variables.feed.name]?.trim() ?? '';
    problems.push({ variable: variables.feed.name, value, expected: `kafka (${because})` });
  }
  if (database.kind === 'embedded' && !problems.some(({ variable }) => variable === variables.databaseUrl.name)) {
    const { name, expected } = variables.databaseUrl;
    problems.push({ variable: name, value: '', expected: `${expected} (${because})` });
  }
  if (problems.length > 0 || feed.kind === 'direct' || database.kind === 'embedded') throw new ConfigError(problems);
  return { ...config, feed, database };
}

function readConfig(env: Environment): { readonly config: Config; readonly problems: ConfigProblem[] } {
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
      privateNetwork: read(variables.privateNetwork) === 'on',
      allowedHosts: read(variables.allowedHosts) ?? [],
      limits: {
        maxConnections: read(variables.maxConnections),
        maxRequestsPerClient: read(variables.maxRequestsPerClient),
        requestTimeoutMs: 1_000 * read(variables.requestTimeout),
      },
    },
    cacheBytes: read(variables.cacheMb) * 1024 * 1024,
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
  const caFile = env[variables.kafkaCaFile.name]?.trim() ?? '';
  if (kafka.tls === null && caFile !== '') {
    // Whoever names a certificate means to be encrypted.
    const expected = 'to be left out, or to have DUESTREAM_KAFKA_TLS=on beside it';
    problems.push({ variable: variables.kafkaCaFile.name, value: caFile, expected });
  }
  return { config, problems };
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

function readVariable<T>(variable: Variable<T>, env: Environment, problems: ConfigProblem[]): T {
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
  env: Environment,
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
function unknownVariables(env: Environment): ConfigProblem[] {
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
