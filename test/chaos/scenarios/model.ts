import type { EmbeddedPostgres } from '@duestream/platform';
import { InProcess } from '../model/in-process';
import { FIRST_DAY, Play, type Group } from '../model/play';
import type { Subject } from '../model/subject';
import { WholePath } from '../model/whole-path';
import { administer, embeddedDatabase } from '../support/database';
import type { Run, Scenario } from '../support/run';

/** Five million commands are a thousand accounts with five thousand each; fewer commands are fewer accounts. */
const COMMANDS_EACH = 5_000;
const MOST_ACCOUNTS = 1_000;
const LEAST_ACCOUNTS = 10;
/** Every tenth account goes the whole way, through PostgreSQL and the read models; the others stay in memory. */
const WHOLE_PATH_EVERY = 10;

export const model: Scenario = {
  name: 'model',
  promise: 'random commands against an independent model: decisions, exposure and aging equal, value conserved',
  run: async (run) => {
    const total = run.size(3_000, 5_000_000);
    const accounts = Math.min(MOST_ACCOUNTS, Math.max(LEAST_ACCOUNTS, Math.round(total / COMMANDS_EACH)));
    run.count('accounts', accounts);
    const groupSize = run.isShort ? accounts / 2 : WHOLE_PATH_EVERY;
    const postgres = await embeddedDatabase(run);
    const startedMs = performance.now();
    try {
      for (let first = 0; first < accounts && run.broken.length === 0; first += groupSize) {
        const group = {
          first,
          count: Math.min(groupSize, accounts - first),
          commandsEach: Math.ceil(total / accounts),
        };
        const isWhole = run.isShort ? first === 0 : (first / groupSize) % WHOLE_PATH_EVERY === 0;
        await (isWhole ? playWhole(run, postgres, group) : play(run, new InProcess(Date.parse(FIRST_DAY)), group));
        if (isWhole) run.add('commands through PostgreSQL and the read models', group.count * group.commandsEach);
        const done = Number(run.counts['commands']);
        const rate = Math.round((done * 1_000) / (performance.now() - startedMs));
        run.count('commands a second, all checks included', rate);
        run.say(`${done} commands over ${first + group.count} accounts, ${rate} a second`);
      }
    } finally {
      await postgres.stop();
    }
  },
};

/** A database for each group, dropped when it is done, so that many commands find room. */
async function playWhole(run: Run, postgres: EmbeddedPostgres, group: Group): Promise<void> {
  const name = `group_${group.first}`;
  await administer(postgres, (client) => client.query(`CREATE DATABASE ${name} OWNER duestream`));
  const subject = await WholePath.open(postgres.connectionString(name), Date.parse(FIRST_DAY));
  try {
    await play(run, subject, group);
  } finally {
    await subject.close();
  }
  if (run.broken.length > 0) return;
  await administer(postgres, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
}

async function play(run: Run, subject: Subject, group: Group): Promise<void> {
  await new Play(run, subject, group).toTheEnd();
}
