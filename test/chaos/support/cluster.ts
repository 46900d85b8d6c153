import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Cluster } from '../../../scripts/cluster/cluster';
import { HttpClient, type Doors } from './http';
import type { Run } from './run';

/** All roles as processes, on the broker of the tests or one of its own; what they say goes to a file of the run. */
export async function startCluster(run: Run, env: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const log = createWriteStream(path.join(run.folder, 'cluster.log'));
  const named = namedBroker();
  const prefix = `chaos${randomBytes(6).toString('hex')}.`;
  const broker = named === null ? {} : { DUESTREAM_KAFKA_BROKERS: named, DUESTREAM_KAFKA_TOPIC_PREFIX: prefix };
  return Cluster.start({
    env: { PATH: process.env['PATH'], ...broker, ...env },
    intakes: 2,
    projectors: 2,
    relays: 2,
    say: (line) => log.write(`${line}\n`),
  });
}

/** Commands to the one, everything else to the other, as a proxy in front of both would do it. */
export class TwoDoors implements Doors {
  private constructor(
    private readonly api: HttpClient,
    private readonly queries: HttpClient,
  ) {}

  static async of(cluster: Cluster): Promise<TwoDoors> {
    const portOf = (url: string): number => Number(new URL(url).port);
    const [api, queries] = [await cluster.url('api'), await cluster.url('queries')];
    return new TwoDoors(new HttpClient(portOf(api)), new HttpClient(portOf(queries)));
  }

  get: Doors['get'] = (address, options) => this.queries.get(address, options);

  post: Doors['post'] = (address, body, options) =>
    (address.startsWith('/v1/operations/') ? this.queries : this.api).post(address, body, options);

  close(): void {
    this.api.close();
    this.queries.close();
  }
}

function namedBroker(): string | null {
  const named = process.env['DUESTREAM_TEST_KAFKA'];
  return named === undefined || named === '' ? null : named;
}
