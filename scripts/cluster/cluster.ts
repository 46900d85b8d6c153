import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadRoleConfig, ROLES, type Role, type RoleConfig } from '@duestream/platform';
import { freePorts, guardAgainstDeath } from '@duestream/platform/testing';
import { checkGiven, startEngines, type ClusterEngines } from './engines';
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
  /** Aborted: somebody has had enough of waiting for the start. */
  readonly signal?: AbortSignal;
}

export class NotStarted extends Error {
  readonly code = 'cluster.interrupted';

  constructor() {
    super('interrupted before everything ran');
  }
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
    checkGiven(options.env);
    const folder = await mkdtemp(path.join(tmpdir(), 'duestream-cluster-'));
    const guard = guardAgainstDeath(folder);
    let engines: ClusterEngines | null = null;
    const processes: RoleProcess[] = [];
    const cleanUp = async (): Promise<void> => {
      await stopInOrder(processes);
      await engines?.stop();
      await rm(folder, { recursive: true, force: true });
      guard.dismiss();
    };
    try {
      engines = await startEngines(folder, options.env, options.say);
      if (options.signal?.aborted === true) throw new NotStarted();
      const env = { ...options.env, ...engines.env, DUESTREAM_LOG_LEVEL: logLevelOf(options.env) };
      const config = loadRoleConfig(env, 'api');
      processes.push(...(await startProcesses(options, env)));
      await Promise.race([Promise.all(processes.map((one) => one.url())), aborted(options.signal)]);
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

/** Rejects then. */
async function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(new NotStarted());
    else signal?.addEventListener('abort', () => reject(new NotStarted()), { once: true });
  });
}

async function startProcesses(options: ClusterOptions, env: NodeJS.ProcessEnv): Promise<readonly RoleProcess[]> {
  const { say, intakes, projectors, relays = 1 } = options;
  const counts: Record<Role, number> = { api: 1, intake: intakes, relay: relays, projector: projectors, queries: 1 };
  const wanted = ROLES.flatMap((role) => namesOf(role, counts[role]).map((name) => ({ role, name })));
  const ports = await freePorts(wanted.length);
  say(`starting ${wanted.map(({ name }) => name).join(', ')}`);
  return wanted.map(({ role, name }, index) => {
    return new RoleProcess({ name, role, env: { ...env, DUESTREAM_PORT: String(ports[index]) }, say });
  });
}

function namesOf(role: Role, count: number): readonly string[] {
  return count === 1 ? [role] : Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}

async function stopInOrder(processes: readonly RoleProcess[]): Promise<void> {
  for (const role of STOP_ORDER) {
    await Promise.all(processes.filter((one) => one.role === role).map((one) => one.stop()));
  }
}

/** What all of them find worth telling at their start would drown what matters. */
function logLevelOf({ DUESTREAM_LOG_LEVEL: level }: NodeJS.ProcessEnv): string {
  return level === undefined || level.trim() === '' ? 'warn' : level;
}
