import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '@duestream/platform';
import { agingAsOf } from './aging';
import type { Figure } from './figure';
import { projectionLag } from './projection-lag';
import { projectionRate } from './projection-rate';
import { rebuildRate } from './rebuild-rate';
import { cpuSeconds } from './usage';

/** What can be asked for: events, events, seconds and open items. */
const MEASURES: Readonly<Record<string, (connectionString: string, count?: number) => Promise<readonly Figure[]>>> = {
  rebuildRate: (to, events) => rebuildRate(to, events === undefined ? {} : { events }),
  projectionRate: (to, events) => projectionRate(to, events === undefined ? {} : { events }),
  projectionLag: (to, seconds) => projectionLag(to, seconds === undefined ? {} : { seconds }),
  agingAsOf: (to, openItems) => agingAsOf(to, openItems === undefined ? {} : { openItems }),
};

/**
 * Runs the measures named on the command line (`rebuildRate`, or with their size `rebuildRate:300000`), or all, each in
 * a database of its own on a PostgreSQL that syncs.
 */
async function main(wanted: readonly string[]): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-bench-'));
  await chmod(dataDir, 0o711);
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: console.error, error: console.error };
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres'), log });
  try {
    for (const [name, measure] of Object.entries(MEASURES)) {
      const asked = wanted.find((one) => one.split(':')[0] === name);
      if (wanted.length > 0 && asked === undefined) continue;
      const count = asked?.split(':')[1];
      const database = name.toLowerCase();
      await administer(postgres.superuserConnectionString(), `CREATE DATABASE ${database} OWNER duestream`);
      const before = await cpuSeconds(postgres);
      const figures = await measure(
        postgres.connectionString(database),
        count === undefined ? undefined : Number(count),
      );
      const after = await cpuSeconds(postgres);
      for (const figure of figures) print(figure);
      console.error(
        `  ${name}: CPU ${(after.node - before.node).toFixed(1)} s Node, ${(after.server - before.server).toFixed(1)} s PostgreSQL`,
      );
      await administer(postgres.superuserConnectionString(), `DROP DATABASE ${database} WITH (FORCE)`);
    }
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function print({ name, value, unit, goal }: Figure): void {
  const [met, bound] =
    'atLeast' in goal ? [value >= goal.atLeast, `>= ${goal.atLeast}`] : [value <= goal.atMost, `<= ${goal.atMost}`];
  console.log(`${met ? 'met   ' : 'missed'} ${name}: ${value} ${unit} (${bound})`);
}

async function administer(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
