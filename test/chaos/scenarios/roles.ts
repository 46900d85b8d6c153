import { setTimeout as delay } from 'node:timers/promises';
import { kafkaAsConfigured } from '@duestream/event-feed';
import type { Role } from '@duestream/platform';
import type { Cluster } from '../../../scripts/cluster/cluster';
import type { RoleProcess } from '../../../scripts/cluster/role-process';
import { StandInNode } from '../../eventstoredb-stand-in';
import { startCluster, TwoDoors } from '../support/cluster';
import type { Doors } from '../support/http';
import { KafkaDoor } from '../support/kafka-door';
import { Ledger, type Message } from '../support/ledger';
import { Load } from '../support/load';
import { proveNothingLost } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { storeIn } from '../support/stand-in';
import { until } from '../support/wait';

const FULL_LOAD = { clients: 8, accounts: 40 };
const SHORT_LOAD = { clients: 4, accounts: 8 };
/** Several kills may hit the same batch, each with a session's time-out of the group. */
const PATIENCE_MS = 300_000;
/** Every third batch comes by HTTP, the others by Kafka. */
const HTTP_EVERY = 3;
const LONGEST_LOAD_MS = 400;
/** A lease is over after 3 s, a member of a group without a heartbeat after 10. */
const SHORTEST_FREEZE_MS = 2_000;
const LONGEST_FREEZE_MS = 15_000;
const LAG_GOAL_MS = 10_000;
/** Not how long it may take, but when nothing is to be expected any more: a busy machine starts processes slowly. */
const GIVEN_UP = { everyMs: 50, withinMs: 300_000 };

export const killRoles: Scenario = {
  name: 'kill-roles',
  promise: 'kill -9 of relay, intake and projector in mid-batch: nothing lost, nothing twice, lag back to zero',
  needs: 'kafka',
  run: async (run) => strike(run, { victims: ['relay', 'intake', 'projector'], times: run.size(1, 20), blow: kill }),
};

export const freezeRoles: Scenario = {
  name: 'freeze-roles',
  promise:
    'relay, intake, projector and api stopped past lease and session, and resumed, events in EventStoreDB (stand-in): as when killed',
  needs: 'kafka',
  run: async (run) => {
    const node = await StandInNode.start();
    try {
      const victims: readonly Role[] = ['relay', 'projector', 'intake', 'api'];
      await strike(run, { victims, times: run.size(1, 10), blow: freeze, env: storeIn(node) });
    } finally {
      await node.stop();
    }
  },
};

interface Strike {
  readonly victims: readonly Role[];
  /** How often each of them is hit. */
  readonly times: number;
  /** Resolves when the victim works again. */
  readonly blow: (run: Run, victim: RoleProcess) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Hits roles in their turn under load, and proves that nothing is lost or twice. */
async function strike(run: Run, { victims, times, blow, env = {} }: Strike): Promise<void> {
  const cluster = await startCluster(run, env);
  const ledger = new Ledger(run);
  const doors = await TwoDoors.of(cluster);
  const kafka = new KafkaDoor(
    run,
    kafkaAsConfigured(cluster.config.feed.kafka, () => undefined),
  );
  const load = new Load(run, bothDoors(doors, kafka), ledger, {
    ...(run.isShort ? SHORT_LOAD : FULL_LOAD),
    patienceMs: PATIENCE_MS,
  });
  const blows = async (): Promise<void> => {
    const struck: number[] = [];
    for (let n = 1; n <= times; n += 1) {
      for (const role of victims) {
        await ledger.nextSentAfter(performance.now());
        await delay(run.random.between(0, LONGEST_LOAD_MS));
        const victim = await victimOf(run, cluster, role);
        const struckMs = performance.now();
        await blow(run, victim);
        struck.push(performance.now() - struckMs);
      }
      run.say(`${n} of ${times} blows to each, ${ledger.entries.length} acknowledged`);
    }
    run.count('blows to each role', times);
    run.durations('blow to ready again', struck);
  };
  try {
    await kafka.open();
    await load.start();
    await Promise.race([blows(), cluster.lost()]);
    await load.finish();
    run.count('requests sent again', JSON.stringify(Object.fromEntries(load.repeats)));
    await proveCaughtUp(run, cluster);
    run.must('nothing was parked', (await kafka.deadLetters()) === 0);
    await proveNothingLost(run, doors, ledger.entries, load.accounts);
  } finally {
    load.abandon();
    await kafka.close();
    doors.close();
    await cluster.stop();
    await ledger.close();
  }
}

async function kill(_run: Run, victim: RoleProcess): Promise<void> {
  const { starts } = victim;
  await victim.kill();
  await until(`${victim.name} to answer again`, () => (victim.starts > starts ? true : undefined), GIVEN_UP);
}

/** Others take its lease and its partitions meanwhile; it wakes with a batch in hand. */
async function freeze(run: Run, victim: RoleProcess): Promise<void> {
  await victim.freeze();
  try {
    await delay(run.random.between(SHORTEST_FREEZE_MS, LONGEST_FREEZE_MS));
  } finally {
    victim.resume();
  }
  await until(`${victim.name} to be ready again`, async () => ((await isReady(victim)) ? true : undefined), GIVEN_UP);
}

async function isReady(victim: RoleProcess): Promise<boolean> {
  return fetch(`${await victim.url()}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The relay that works; of the others, any. */
async function victimOf(run: Run, cluster: Cluster, role: Role): Promise<RoleProcess> {
  const candidates = cluster.of(role);
  if (role !== 'relay') return run.random.pick(candidates);
  return until(
    'a relay at work',
    async () => {
      for (const one of candidates) if ((await metric(one, 'duestream_relay_active')) === 1) return one;
      return undefined;
    },
    GIVEN_UP,
  );
}

/** What had come into the store when the last message was answered is shown within seconds. */
async function proveCaughtUp(run: Run, cluster: Cluster): Promise<void> {
  const [queries] = cluster.of('queries');
  const startedMs = performance.now();
  await until(
    'read models without lag',
    async () => {
      const isBehind = queries === undefined || (await metric(queries, 'duestream_read_model_lag_events')) !== 0;
      return isBehind ? undefined : true;
    },
    GIVEN_UP,
  );
  run.goal('lag back to zero', [performance.now() - startedMs], LAG_GOAL_MS);
}

async function metric(process: RoleProcess, name: string): Promise<number | null> {
  const text = await fetch(`${await process.url()}/metrics`)
    .then((response) => response.text())
    // It may be gone at this very moment.
    .catch(() => '');
  const [, value] = new RegExp(`^${name} (.*)$`, 'm').exec(text) ?? [];
  return value === undefined ? null : Number(value);
}

function bothDoors(http: Doors, kafka: KafkaDoor): Pick<Doors, 'post'> {
  let sent = 0;
  return {
    post: (address, body, options) => {
      sent += 1;
      return sent % HTTP_EVERY === 0 ? http.post(address, body, options) : kafka.deliver(body as readonly Message[]);
    },
  };
}
