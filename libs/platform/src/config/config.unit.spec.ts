import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, loadRoleConfig, ROLES, type Role } from './config';
import { ConfigError } from './config-error';
import { describeVariables } from './variables';

function problemsOf(env: Record<string, string>): readonly { variable: string; value: string; expected: string }[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('needs nothing: embedded engines, loopback, UTC', () => {
  expect(loadConfig({ PATH: '/bin' })).toEqual({
    eventStore: { kind: 'postgres' },
    feed: { kind: 'direct' },
    database: { kind: 'embedded' },
    http: {
      host: '127.0.0.1',
      port: 4400,
      loopbackOnly: true,
      privateNetwork: false,
      allowedHosts: [],
      limits: { maxConnections: 2_048, maxRequestsPerClient: 1_024, requestTimeoutMs: 60_000 },
    },
    cacheBytes: 112 * 1024 * 1024,
    dataDir: '.duestream',
    timeZone: 'UTC',
    logLevel: 'info',
  });
});

test('reads every variable', () => {
  expect(
    loadConfig({
      DUESTREAM_EVENT_STORE: 'eventstoredb',
      DUESTREAM_EVENTSTOREDB_URL: 'esdb://store:2113?tls=false',
      DUESTREAM_FEED: 'kafka',
      DUESTREAM_KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092',
      DUESTREAM_KAFKA_TOPIC_PREFIX: 'emea.',
      DUESTREAM_KAFKA_PARTITIONS: '24',
      DUESTREAM_KAFKA_REPLICATION: '3',
      DUESTREAM_KAFKA_RETENTION_DAYS: '0',
      DUESTREAM_KAFKA_MAX_MESSAGE_BYTES: '4194304',
      DUESTREAM_KAFKA_TLS: 'on',
      DUESTREAM_KAFKA_CA_FILE: '/etc/kafka/ca.pem',
      DUESTREAM_KAFKA_SASL: 'scram-sha-512',
      DUESTREAM_KAFKA_USERNAME: 'duestream',
      DUESTREAM_KAFKA_PASSWORD: 'secret',
      DUESTREAM_DATABASE_URL: 'postgresql://user:secret@db:5432/duestream',
      DUESTREAM_PORT: '0',
      DUESTREAM_BIND: '0.0.0.0',
      DUESTREAM_PRIVATE_NETWORK: 'on',
      DUESTREAM_ALLOWED_HOSTS: 'Duestream.example, orders',
      DUESTREAM_DATA_DIR: '/var/lib/duestream',
      DUESTREAM_TIME_ZONE: 'Europe/Berlin',
      DUESTREAM_LOG_LEVEL: 'debug',
      DUESTREAM_CACHE_MB: '64',
      DUESTREAM_MAX_CONNECTIONS: '100',
      DUESTREAM_MAX_REQUESTS_PER_CLIENT: '20',
      DUESTREAM_REQUEST_TIMEOUT: '5',
    }),
  ).toEqual({
    eventStore: { kind: 'eventstoredb', url: 'esdb://store:2113?tls=false' },
    feed: {
      kind: 'kafka',
      kafka: {
        brokers: ['kafka-1:9092', 'kafka-2:9092'],
        topicPrefix: 'emea.',
        partitions: 24,
        replication: 3,
        retentionDays: 0,
        maxMessageBytes: 4_194_304,
        tls: { caFile: '/etc/kafka/ca.pem' },
        sasl: { mechanism: 'scram-sha-512', username: 'duestream', password: 'secret' },
      },
    },
    database: { kind: 'server', url: 'postgresql://user:secret@db:5432/duestream' },
    http: {
      host: '0.0.0.0',
      port: 0,
      loopbackOnly: false,
      privateNetwork: true,
      allowedHosts: ['duestream.example', 'orders'],
      limits: { maxConnections: 100, maxRequestsPerClient: 20, requestTimeoutMs: 5_000 },
    },
    cacheBytes: 64 * 1024 * 1024,
    dataDir: '/var/lib/duestream',
    timeZone: 'Europe/Berlin',
    logLevel: 'debug',
  });
});

test('takes an empty variable for one that is not set', () => {
  expect(loadConfig({ DUESTREAM_DATABASE_URL: '', DUESTREAM_PORT: ' ' })).toEqual(loadConfig({}));
});

test('reports all problems at once, each with variable, value and what would be right', () => {
  const problems = problemsOf({
    DUESTREAM_PORT: '65536',
    DUESTREAM_TIME_ZONE: 'Mars/Olympus',
    DUESTREAM_FEED: 'rabbit',
  });

  expect(problems).toEqual([
    { variable: 'DUESTREAM_FEED', value: 'rabbit', expected: 'one of direct, kafka' },
    { variable: 'DUESTREAM_PORT', value: '65536', expected: 'a whole number from 0 to 65535' },
    { variable: 'DUESTREAM_TIME_ZONE', value: 'Mars/Olympus', expected: 'an IANA time zone, such as Europe/Berlin' },
  ]);
  expect(new ConfigError(problems).message).toContain(
    'DUESTREAM_PORT is "65536"; expected a whole number from 0 to 65535',
  );
});

test('asks for a name and a password where the brokers want them', () => {
  const problems = problemsOf({ DUESTREAM_KAFKA_SASL: 'plain', DUESTREAM_KAFKA_USERNAME: 'duestream' });
  expect(problems).toMatchObject([{ variable: 'DUESTREAM_KAFKA_PASSWORD', value: '' }]);
});

test('does not speak in clear to brokers whose certificate it is given', () => {
  expect(problemsOf({ DUESTREAM_KAFKA_CA_FILE: '/etc/kafka/ca.pem' })).toMatchObject([
    { variable: 'DUESTREAM_KAFKA_CA_FILE', value: '/etc/kafka/ca.pem' },
  ]);
  expect(problemsOf({ DUESTREAM_KAFKA_CA_FILE: '/etc/kafka/ca.pem', DUESTREAM_KAFKA_TLS: 'on' })).toEqual([]);
});

test.each(['0', '1001', '6.0', 'six'])('refuses %s partitions', (partitions) => {
  expect(problemsOf({ DUESTREAM_KAFKA_PARTITIONS: partitions })).toHaveLength(1);
});

test.each(['-1', '80.5', '0x50', '1e3', '٣٠٠٠'])('refuses the port %s', (port) => {
  expect(problemsOf({ DUESTREAM_PORT: port })).toHaveLength(1);
});

test.each(['duestream.example:4400', 'https://duestream.example', '*.example', 'a,,b'])(
  'refuses the allowed hosts %s',
  (hosts) => {
    expect(problemsOf({ DUESTREAM_ALLOWED_HOSTS: hosts })).toHaveLength(1);
  },
);

test.each(['+02:00', 'CEST/Berlin', 'Europe'])('refuses the time zone %s', (zone) => {
  expect(problemsOf({ DUESTREAM_TIME_ZONE: zone })).toHaveLength(1);
});

test('demands the address of the engine that is chosen', () => {
  expect(problemsOf({ DUESTREAM_EVENT_STORE: 'eventstoredb', DUESTREAM_FEED: 'kafka' })).toMatchObject([
    { variable: 'DUESTREAM_EVENTSTOREDB_URL', value: '' },
    { variable: 'DUESTREAM_KAFKA_BROKERS', value: '' },
  ]);
});

test.each([
  'esdb://store:2113?tls=false',
  'esdb://admin:changeit@one:2113,two:2113,three:2113?tls=true&nodePreference=leader',
  'esdb+discover://cluster.example',
  'kurrentdb://store:2113',
])('takes the EventStoreDB connection string %s', (url) => {
  const env = { DUESTREAM_EVENT_STORE: 'eventstoredb', DUESTREAM_EVENTSTOREDB_URL: url };
  expect(loadConfig(env).eventStore).toEqual({ kind: 'eventstoredb', url });
});

test.each(['http://store:2113', 'store:2113', 'esdb://', 'esdb:// store'])(
  'refuses the EventStoreDB connection string %s',
  (url) => {
    expect(problemsOf({ DUESTREAM_EVENTSTOREDB_URL: url })).toHaveLength(1);
  },
);

const SHARED = {
  DUESTREAM_FEED: 'kafka',
  DUESTREAM_KAFKA_BROKERS: 'kafka:9092',
  DUESTREAM_DATABASE_URL: 'postgresql://db/duestream',
};

test.each(ROLES)('demands of the role %s what it shares with the others, by name', (role) => {
  expect(roleProblems({}, role)).toEqual([
    ['DUESTREAM_FEED', '', expect.stringContaining(`kafka (needed by the role ${role}`)],
    ['DUESTREAM_DATABASE_URL', '', expect.stringContaining(`(needed by the role ${role}`)],
  ]);
  expect(roleProblems({ ...SHARED, DUESTREAM_FEED: 'direct' }, role)).toEqual([
    ['DUESTREAM_FEED', 'direct', expect.stringContaining('kafka')],
  ]);
  expect(roleProblems({ ...SHARED, DUESTREAM_KAFKA_BROKERS: '' }, role)).toEqual([
    ['DUESTREAM_KAFKA_BROKERS', '', expect.stringContaining('DUESTREAM_FEED=kafka')],
  ]);
  expect(loadRoleConfig(SHARED, role)).toEqual(loadConfig(SHARED));
});

test('a database address that a role can not read is reported once, as what is wrong with it', () => {
  expect(roleProblems({ ...SHARED, DUESTREAM_DATABASE_URL: 'db' }, 'relay')).toEqual([
    ['DUESTREAM_DATABASE_URL', '(hidden)', 'a URL such as postgresql://user:password@host:5432/duestream'],
  ]);
});

test('reports a misspelt variable instead of ignoring it', () => {
  expect(problemsOf({ DUESTREAM_DATABSE_URL: 'postgresql://db/x' })).toMatchObject([
    { variable: 'DUESTREAM_DATABSE_URL' },
  ]);
});

test('never shows a password', () => {
  for (const url of ['mysql://root:hunter2@db/x', 'hunter2', 'postgresql//app:hunter2@db', 'mysql://a:p@hunter2@db']) {
    const message = new ConfigError(problemsOf({ DUESTREAM_DATABASE_URL: url })).message;
    expect(message).toContain('DUESTREAM_DATABASE_URL');
    expect(message).not.toContain('hunter2');
  }
});

test('docs/configuration.md lists exactly these variables', () => {
  const page = path.join(__dirname, '../../../../docs/configuration.md');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, describeVariables());
  expect(readFileSync(page, 'utf8')).toBe(describeVariables());
});

function roleProblems(env: Readonly<Record<string, string>>, role: Role): unknown {
  try {
    loadRoleConfig(env, role);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ variable, value, expected }) => [variable, value, expected]);
    }
    throw error;
  }
  return [];
}
