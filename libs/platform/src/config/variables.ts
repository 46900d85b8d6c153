/** One environment variable: `docs/configuration.md` and the checks at start both come from these. */
export interface Variable<T> {
  readonly name: string;
  readonly meaning: string;
  /** What a right value looks like, as the end of a sentence. */
  readonly expected: string;
  readonly fallback: T;
  readonly secret: boolean;
  parse(text: string): Parsed<T>;
}

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

const wrong = { ok: false } as const;
const right = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const variables = {
  eventStore: choice('DUESTREAM_EVENT_STORE', 'Where events are kept.', ['postgres', 'eventstoredb'], 'postgres'),
  feed: choice('DUESTREAM_FEED', 'How events reach the read models.', ['direct', 'kafka'], 'direct'),
  databaseUrl: variable<string | undefined>({
    name: 'DUESTREAM_DATABASE_URL',
    meaning: 'PostgreSQL server, version 14 or newer. Not set: the embedded one, kept in the data folder.',
    expected: 'a URL such as postgresql://user:password@host:5432/duestream',
    fallback: undefined,
    secret: true,
    parse: url(['postgres:', 'postgresql:']),
  }),
  eventStoreDbUrl: variable<string | undefined>({
    name: 'DUESTREAM_EVENTSTOREDB_URL',
    meaning: 'EventStoreDB cluster, needed with DUESTREAM_EVENT_STORE=eventstoredb.',
    expected: 'a connection string such as esdb://user:password@host:2113?tls=true, with several hosts for a cluster',
    fallback: undefined,
    secret: true,
    // Several hosts are no URL to the letter, so only its beginning is looked at here.
    parse: (text) => (/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/.test(text) ? right(text) : wrong),
  }),
  kafkaBrokers: variable<readonly string[] | undefined>({
    name: 'DUESTREAM_KAFKA_BROKERS',
    meaning: 'Kafka brokers, needed with DUESTREAM_FEED=kafka.',
    expected: 'host:port, several separated by commas, such as kafka-1:9092,kafka-2:9092',
    fallback: undefined,
    secret: false,
    parse: brokers,
  }),
  kafkaTopicPrefix: variable<string>({
    name: 'DUESTREAM_KAFKA_TOPIC_PREFIX',
    meaning: 'Start of the names of all topics and consumer groups, for a cluster that others use too.',
    expected: 'up to 100 letters, digits, dots, hyphens and underscores',
    fallback: '',
    secret: false,
    parse: (text) => (/^[A-Za-z0-9._-]{1,100}$/.test(text) ? right(text) : wrong),
  }),
  kafkaPartitions: wholeNumber({
    name: 'DUESTREAM_KAFKA_PARTITIONS',
    meaning:
      'Partitions of each topic. An existing topic must have as many: another number moves accounts between partitions.',
    from: 1,
    to: 1_000,
    fallback: 6,
  }),
  kafkaReplication: wholeNumber({
    name: 'DUESTREAM_KAFKA_REPLICATION',
    meaning: 'Copies of each topic that is created; 3 in production.',
    from: 1,
    to: 9,
    fallback: 1,
  }),
  kafkaRetentionDays: wholeNumber({
    name: 'DUESTREAM_KAFKA_RETENTION_DAYS',
    meaning:
      'How long topics that are created keep their records. 0: for ever. Dead letters stay until they are dealt with.',
    from: 0,
    to: 36_500,
    fallback: 7,
  }),
  kafkaMaxMessageBytes: wholeNumber({
    name: 'DUESTREAM_KAFKA_MAX_MESSAGE_BYTES',
    meaning: 'The largest record of a topic.',
    from: 1_048_576,
    to: 104_857_600,
    fallback: 2_097_152,
  }),
  kafkaTls: choice('DUESTREAM_KAFKA_TLS', 'Whether brokers are spoken to over TLS.', ['off', 'on'], 'off'),
  kafkaCaFile: variable<string | undefined>({
    name: 'DUESTREAM_KAFKA_CA_FILE',
    meaning: 'Certificate of the authority that signed the brokers’. Not set: those that Node knows.',
    expected: 'a path to a PEM file',
    fallback: undefined,
    secret: false,
    parse: (text) => (text.includes('\0') ? wrong : right(text)),
  }),
  kafkaSasl: choice(
    'DUESTREAM_KAFKA_SASL',
    'How to authenticate to the brokers.',
    ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
    'none',
  ),
  kafkaUsername: text('DUESTREAM_KAFKA_USERNAME', 'User name, needed with DUESTREAM_KAFKA_SASL.', false),
  kafkaPassword: text('DUESTREAM_KAFKA_PASSWORD', 'Password, needed with DUESTREAM_KAFKA_SASL.', true),
  port: wholeNumber({
    name: 'DUESTREAM_PORT',
    meaning: 'Port of the HTTP server. 0: a free one, which is printed.',
    from: 0,
    to: 65_535,
    fallback: 4400,
  }),
  bind: variable<string>({
    name: 'DUESTREAM_BIND',
    meaning:
      'Address that the HTTP server listens on. There is no authentication yet: keep it on the loopback address.',
    expected: 'an IP address or host name, such as 127.0.0.1',
    fallback: '127.0.0.1',
    secret: false,
    parse: (text) => (/^[A-Za-z0-9.:_-]+$/.test(text) ? right(text) : wrong),
  }),
  privateNetwork: choice(
    'DUESTREAM_PRIVATE_NETWORK',
    'With `on`, `DUESTREAM_BIND` may be another address than loopback. Only for a network that nobody else can reach, such as one of containers whose ports are published on 127.0.0.1: whoever reaches the server may do everything.',
    ['off', 'on'],
    'off',
  ),
  allowedHosts: variable<readonly string[] | undefined>({
    name: 'DUESTREAM_ALLOWED_HOSTS',
    meaning:
      'Names besides localhost by which requests may call the server (their `Host`), such as that of a proxy which passes it on; others are answered with 421. Not set, a server on another address than loopback takes all of them.',
    expected: 'host names without ports, several separated by commas, such as duestream.example,orders.internal',
    fallback: undefined,
    secret: false,
    parse: hostNames,
  }),
  cacheMb: wholeNumber({
    name: 'DUESTREAM_CACHE_MB',
    meaning:
      'Memory for account states, in MiB. An account that finds no room is read again when it is needed: a server of many busy accounts wants more, and as much memory as that.',
    from: 1,
    to: 1_000_000,
    fallback: 112,
  }),
  maxConnections: wholeNumber({
    name: 'DUESTREAM_MAX_CONNECTIONS',
    meaning: 'Connections that the HTTP server holds at once; one more is closed as it comes.',
    from: 1,
    to: 100_000,
    fallback: 2_048,
  }),
  maxRequestsPerClient: wholeNumber({
    name: 'DUESTREAM_MAX_REQUESTS_PER_CLIENT',
    meaning: 'Requests at once of one network address; one more is answered with 429. Behind a proxy all share one.',
    from: 1,
    to: 100_000,
    fallback: 1_024,
  }),
  requestTimeout: wholeNumber({
    name: 'DUESTREAM_REQUEST_TIMEOUT',
    meaning: 'Seconds within which a request must have come whole; its headers within 10 of them.',
    from: 1,
    to: 3_600,
    fallback: 60,
  }),
  dataDir: variable<string>({
    name: 'DUESTREAM_DATA_DIR',
    meaning: 'Folder of the embedded engines.',
    expected: 'a path to a folder',
    fallback: '.duestream',
    secret: false,
    parse: (text) => (text.includes('\0') ? wrong : right(text)),
  }),
  timeZone: variable<string>({
    name: 'DUESTREAM_TIME_ZONE',
    meaning: 'Time zone of the business date. Fixed once the store has events.',
    expected: 'an IANA time zone, such as Europe/Berlin',
    fallback: 'UTC',
    secret: false,
    parse: (text) => (isTimeZone(text) ? right(text) : wrong),
  }),
  logLevel: choice(
    'DUESTREAM_LOG_LEVEL',
    'Least severe level that is logged.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
};

/** The page `docs/configuration.md`. */
export function describeVariables(): string {
  const rows = Object.values(variables).map(({ name, meaning, expected, fallback }) => {
    const value = fallback === undefined || fallback === '' ? 'not set' : `\`${String(fallback)}\``;
    return `| \`${name}\` | ${meaning} | ${expected} | ${value} |`;
  });
  return [
    '# Configuration',
    '',
    'Environment variables, all checked at start: everything that is wrong is reported at once, unknown `DUESTREAM_*` names too.',
    '',
    '| variable | meaning | value | default |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function variable<T>(description: Variable<T>): Variable<T> {
  return description;
}

function wholeNumber({
  from,
  to,
  ...description
}: Pick<Variable<number>, 'name' | 'meaning' | 'fallback'> & {
  readonly from: number;
  readonly to: number;
}): Variable<number> {
  const parse = (text: string): Parsed<number> =>
    /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to ? right(Number(text)) : wrong;
  return { ...description, expected: `a whole number from ${from} to ${to}`, secret: false, parse };
}

function text(name: string, meaning: string, secret: boolean): Variable<string | undefined> {
  return { name, meaning, expected: 'a text', fallback: undefined, secret, parse: right };
}

function choice<const T extends string>(
  name: string,
  meaning: string,
  values: readonly T[],
  fallback: NoInfer<T>,
): Variable<T> {
  const parse = (text: string): Parsed<T> => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? wrong : right(value);
  };
  return { name, meaning, expected: `one of ${values.join(', ')}`, fallback, secret: false, parse };
}

function url(protocols: readonly string[]): (text: string) => Parsed<string | undefined> {
  return (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? right(text) : wrong);
}

function brokers(text: string): Parsed<readonly string[] | undefined> {
  const hosts = text.split(',').map((host) => host.trim());
  return hosts.every((host) => /^[A-Za-z0-9._-]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(host)) ? right(hosts) : wrong;
}

function hostNames(text: string): Parsed<readonly string[] | undefined> {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  return names.every((name) => /^[a-z0-9._-]{1,253}$|^\[[0-9a-f:.]+\]$/.test(name)) ? right(names) : wrong;
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    // Offsets such as +02:00 are accepted there, but have no summer time and are no names.
    return !/^[+-]/.test(text);
  } catch {
    return false;
  }
}
