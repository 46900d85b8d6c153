import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { guardAgainstDeath } from '../death-guard';
import { kafkaJars } from './kafka-jars';

const run = promisify(execFile);

export interface KafkaCluster {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** SIGKILL, as when its machine dies. */
  kill(index: number): Promise<void>;
  /** Starts a killed broker again on its port and data. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

const CLUSTER_ID = 'ZHVlc3RyZWFtLXRlc3RzIQ';
const START_TIMEOUT_MS = 90_000;
const HEAP = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Apache Kafka on free loopback ports with KRaft storage in a temporary folder; every broker is a controller too. It
 * ends with `stop()`, and also when this process dies in any way. Needs Java and Maven.
 */
export async function startKafkaCluster(size = 1): Promise<KafkaCluster> {
  const jars = await kafkaJars();
  const folder = await mkdtemp(path.join(tmpdir(), 'duestream-kafka-'));
  const guard = guardAgainstDeath(folder);
  const ports = await freePorts(size * 2);
  const nodes = Array.from({ length: size }, (_, index) => new Node(jars, folder, index, ports));
  const brokers = nodes.map((node) => node.address);
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
    guard.dismiss();
  };
  try {
    for (const node of nodes) await node.format();
    await Promise.all(nodes.map((node) => node.start()));
    await untilReady(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const nodeAt = (index: number): Node => {
    const node = nodes[index];
    if (node === undefined) throw new RangeError(`there is no broker ${index}`);
    return node;
  };
  return {
    brokers,
    kill: (index) => nodeAt(index).kill('SIGKILL'),
    restart: async (index) => {
      await nodeAt(index).start();
      await untilReady([nodeAt(index)]);
    },
    stop,
  };
}

/** One broker's process and its files. */
class Node {
  readonly address: string;
  private readonly home: string;
  private child: ChildProcess | null = null;

  constructor(
    private readonly jars: string,
    folder: string,
    private readonly index: number,
    private readonly ports: readonly number[],
  ) {
    this.home = path.join(folder, `broker-${index}`);
    this.address = `127.0.0.1:${ports[index]}`;
  }

  async format(): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await writeFile(this.file('server.properties'), this.settings());
    const format = ['format', '--cluster-id', CLUSTER_ID, '--config', this.file('server.properties')];
    await run('java', [...HEAP, '-cp', path.join(this.jars, '*'), 'kafka.tools.StorageTool', ...format]);
  }

  async start(): Promise<void> {
    const child = spawn(
      'java',
      [...HEAP, '-cp', path.join(this.jars, '*'), 'kafka.Kafka', this.file('server.properties')],
      // Out of reach of the terminal's Ctrl-C: the guard and `stop` end it.
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.on('error', (error) => console.error(`the test broker could not be started: ${error.message}`));
    const log = createWriteStream(this.file('broker.log'), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.unref();
    this.child = child;
    await writeFile(this.file('broker.pid'), String(child.pid ?? ''));
  }

  get hasEnded(): boolean {
    return this.child === null || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async log(): Promise<string> {
    return readFile(this.file('broker.log'), 'utf8').catch(() => '');
  }

  async stop(): Promise<void> {
    // Nothing of the tests' data is worth the seconds of an orderly shutdown.
    await this.kill('SIGKILL');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null || this.hasEnded) return;
    // Else nothing may be left that keeps us alive, and the whole run would end here, as if all were well.
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  private settings(): string {
    const size = this.ports.length / 2;
    const controllers = this.ports.slice(size);
    const replicas = Math.min(size, 3);
    return [
      'process.roles=broker,controller',
      `node.id=${this.index + 1}`,
      `controller.quorum.voters=${controllers.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',')}`,
      `listeners=BROKER://${this.address},CONTROLLER://127.0.0.1:${controllers[this.index]}`,
      `advertised.listeners=BROKER://${this.address}`,
      'listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name=BROKER',
      'controller.listener.names=CONTROLLER',
      `log.dirs=${path.join(this.home, 'data')}`,
      'auto.create.topics.enable=false',
      'group.initial.rebalance.delay.ms=0',
      'offsets.topic.num.partitions=3',
      `offsets.topic.replication.factor=${replicas}`,
      'transaction.state.log.num.partitions=1',
      `transaction.state.log.replication.factor=${replicas}`,
      `transaction.state.log.min.isr=${Math.min(replicas, 2)}`,
      'log.cleaner.dedupe.buffer.size=2097152',
      '',
    ].join('\n');
  }

  private file(name: string): string {
    return path.join(this.home, name);
  }
}

/** Ready: every node answers, and knows all the others. */
async function untilReady(nodes: readonly Node[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (const node of nodes) {
    while (!(await answers(node.address))) {
      if (node.hasEnded || Date.now() > deadline) {
        throw new Error(`the test broker ${node.address} did not become ready:\n${await node.log()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function answers(address: string): Promise<boolean> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
