import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadRoleConfig, ROLES, type Role, type RoleConfig } from '@duestream/platform';
import { freePorts, guardAgainstDeath } from '@duestream/platform/testing';
import { startEngines, type ClusterEngines } from './engines';
import { RoleProcess } from './role-process';

export interface ClusterOptions {
  /** Every `DUESTREAM_…` of it goes on to all roles. */
  readonly env: NodeJS.ProcessEnv;
  /** How many processes of those roles of which there may be several. */
  readonly intakes: number;
  readonly projectors: number;
  readonly relays?: number;
  /** What the cluster and its processes say, line by line. */
  readonly say: (line: string) => void;
}

/** Those that stop accepting work first; queries are the last to go. */
const STOP_ORDER: readonly Role[] = ['api', 'intake', 'relay', 'projector', 'queries'];

/** All roles as processes of this machine, and the engines that they share. */
export class Cluster {
  private constructor(
    readonly config: RoleConfig,
    private readonly processes: readonly RoleProcess[],
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Rejects with what is wrong, and leaves nothing running. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const { env: given, say } = options;
    const folder = await mkdtemp(path.join(tmpdir(), 'duestream-cluster-'));
    const guard = guardAgainstDeath(folder);
    let engines: ClusterEngines | null = null;
    const processes: RoleProcess[] = [];
    const cleanUp = async (): Promise<void> => {
      for (const role of STOP_ORDER)
        await Promise.all(processes.filter((one) => one.role === role).map((one) => one.stop()));
      await engines?.stop();
      await rm(folder, { recursive: true, force: true });
      guard.dismiss();
    };
    try {
      engines = await startEngines(folder, given, say);
      const env = { ...given, ...engines.env };
      const config = loadRoleConfig(env, 'api');
      const count: Record<Role, number> = {
        api: 1,
        intake: options.intakes,
        relay: options.relays ?? 1,
        projector: options.projectors,
        queries: 1,
      };
      const names = ROLES.flatMap((role) => namesOf(role, count[role]));
      const ports = await freePorts(names.length);
      for (const [index, { role, name }] of names.entries()) {
        const own = { ...env, DUESTREAM_PORT: String(ports[index]) };
        processes.push(new RoleProcess({ name, role, env: { ...own, DUESTREAM_LOG_LEVEL: logLevelOf(given) }, say }));
      }
      say(`starting ${names.map(({ name }) => name).join(', ')}`);
      await Promise.all(processes.map((one) => one.url()));
      return new Cluster(config, processes, cleanUp);
    } catch (error) {
      await cleanUp();
      throw error;
    }
  }

  /** Of one role. The addresses stay the same when a process is started again. */
  of(role: Role): readonly RoleProcess[] {
    return this.processes.filter((one) => one.role === role);
  }

  /** Of the only process of a role, or the first of several. */
  async url(role: Role): Promise<string> {
    const [first] = this.of(role);
    if (first === undefined) throw new RangeError(`there is no ${role}`);
    return first.url();
  }

  /** Name and address of all. */
  async addresses(): Promise<readonly (readonly [name: string, url: string])[]> {
    return Promise.all(this.processes.map(async (one) => [one.name, await one.url()] as const));
  }

  /** Rejects when one of the processes can't be kept running. */
  async lost(): Promise<never> {
    return Promise.race(this.processes.map((one) => one.lost));
  }

  /** Everything in its order: what is in flight is finished. */
  async stop(): Promise<void> {
    await this.cleanUp();
  }
}

function namesOf(role: Role, count: number): readonly { readonly role: Role; readonly name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ role, name: count === 1 ? role : `${role}-${index + 1}` }));
}

/** What all of them find worth telling at their start would drown what matters. */
function logLevelOf({ DUESTREAM_LOG_LEVEL: level }: NodeJS.ProcessEnv): string {
  return level === undefined || level.trim() === '' ? 'warn' : level;
}
