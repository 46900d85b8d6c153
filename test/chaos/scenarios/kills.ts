import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from '../support/ledger';
import { killAll, postmasterOf, signal, treeOf } from '../support/processes';
import type { Run, Scenario } from '../support/run';
import type { ServerProcess } from '../support/server';
import { underLoad } from '../support/under-load';

const RESTART_GOAL_MS = 1_500;
const RECOVERY_GOAL_MS = 5_000;
/** Load between the first answer after a restart and the next kill. */
const LONGEST_LOAD_MS = 400;
/** One kill in so many comes while the server is still starting. */
const KILL_AT_START_EVERY = 10;
const LONGEST_START_MS = 700;
const PROGRESS_EVERY = 10;

export const killServer: Scenario = {
  name: 'kill-server',
  promise: 'kill -9 of the server under load: everything acknowledged is there once, restart within 1.5 s',
  run: (run) =>
    underLoad(run, ({ server, ledger }) => killAgainAndAgain(run, server, ledger, run.size(2, 200), 'server')),
};

export const killEverything: Scenario = {
  name: 'kill-everything',
  promise: 'kill -9 of the server and all of PostgreSQL at once, as a power cut would: the same',
  run: (run) =>
    underLoad(run, ({ server, ledger }) => killAgainAndAgain(run, server, ledger, run.size(2, 100), 'everything')),
};

export const killPostgres: Scenario = {
  name: 'kill-postgres',
  promise: 'kill -9 of PostgreSQL under load: the same, recovery within 5 s and without a restart of the server',
  run: (run) =>
    underLoad(run, async ({ server, ledger }) => {
      const kills = run.size(3, 50);
      const recoveries: number[] = [];
      for (let n = 1; n <= kills; n += 1) {
        await ledger.nextSentAfter(performance.now());
        await delay(run.random.between(0, LONGEST_LOAD_MS));
        const killedMs = performance.now();
        await killPostgresOf(server, n);
        recoveries.push((await ledger.nextSentAfter(killedMs + 1)) - killedMs);
        if (n % PROGRESS_EVERY === 0) run.say(`${n} of ${kills} kills, ${ledger.entries.length} acknowledged`);
      }
      run.count('kills', kills);
      run.goal('recovery (kill to the next acknowledgement)', recoveries, RECOVERY_GOAL_MS);
    }),
};

/** By turns: the postmaster alone, one of its backends (all others then restart), everything that belongs to it. */
async function killPostgresOf(server: ServerProcess, turn: number): Promise<void> {
  const postmaster = await postmasterOf(server.dataDir);
  const [, ...children] = treeOf(postmaster);
  if (turn % 3 === 1) signal(postmaster, 'SIGKILL');
  else if (turn % 3 === 2) signal(children.at(-1) ?? postmaster, 'SIGKILL');
  else killAll([postmaster, ...children]);
}

async function killAgainAndAgain(
  run: Run,
  server: ServerProcess,
  ledger: Ledger,
  kills: number,
  what: 'server' | 'everything',
): Promise<void> {
  const restarts: number[] = [];
  let duringStart = 0;
  for (let n = 1; n <= kills; n += 1) {
    const killsAtStart = n % KILL_AT_START_EVERY === 0;
    if (!killsAtStart) await ledger.nextSentAfter(performance.now());
    await delay(run.random.between(0, killsAtStart ? LONGEST_START_MS : LONGEST_LOAD_MS));
    await (what === 'server' || killsAtStart ? server.kill() : server.killWithDatabase());
    const nextIsAtStart = (n + 1) % KILL_AT_START_EVERY === 0 && n < kills;
    if (nextIsAtStart) {
      server.spawn();
      duringStart += 1;
    } else {
      restarts.push(await server.start());
    }
    if (n % PROGRESS_EVERY === 0) run.say(`${n} of ${kills} kills, ${ledger.entries.length} acknowledged`);
  }
  run.count('kills', kills);
  run.count('of them while starting', duringStart);
  run.goal('restart (spawn to ready)', restarts, RESTART_GOAL_MS);
}
