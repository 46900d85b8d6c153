import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Run, Scenario } from '../support/run';
import { SmallDisk } from '../support/small-disk';
import { asSuperuser } from '../support/stranger';
import { underLoad, type UnderLoad } from '../support/under-load';
import { until } from '../support/wait';
import { mustRecover } from './strangers';

const DISK_MB = 256;
const NO_SPACE = /No space left on device/;

export const diskFull: Scenario = {
  name: 'disk-full',
  promise: 'the disk of PostgreSQL full: 503 and the reason, nothing lost, full recovery without a restart',
  run: async (run) => {
    const disk = await SmallDisk.mount(path.join(run.folder, 'small-disk'), DISK_MB);
    if (disk === null) {
      run.count('disk', 'a STAND-IN, as no file system may be mounted here: a trigger says what a full disk says');
      await underLoad(run, (parts) => refuseByTrigger(run, parts));
      return;
    }
    run.count('disk', `a file system of ${DISK_MB} MB in memory`);
    try {
      await underLoad(run, (parts) => fillUp(run, parts, disk), { dataDir: path.join(disk.folder, 'data') });
    } finally {
      await disk.unmount();
    }
  },
};

async function fillUp(run: Run, parts: UnderLoad, disk: SmallDisk): Promise<void> {
  const { server } = parts;
  await disk.fill();
  await mustSayWhy(run, parts, 'when tables can not grow');
  // The log can't grow either: PostgreSQL gives up, and does not start again before there is room.
  await asSuperuser(server.dataDir, (superuser) => superuser.query('SELECT pg_switch_wal()')).catch(() => undefined);
  await until('the end of PostgreSQL', async () => {
    const { text } = await server.reasons();
    return text.includes('database: ') && NO_SPACE.test(text) ? true : undefined;
  });
  await mustSayWhy(run, parts, 'when PostgreSQL can not run');
  await delay(run.isShort ? 500 : 30_000);
  await disk.free();
  await mustRecover(run, parts);
}

async function refuseByTrigger(run: Run, parts: UnderLoad): Promise<void> {
  await asSuperuser(parts.server.dataDir, async (superuser) => {
    await superuser.query(`
      CREATE FUNCTION store.be_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
      END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON store.events EXECUTE FUNCTION store.be_full()`);
    await mustSayWhy(run, parts, 'when tables can not grow');
    await delay(run.isShort ? 500 : 30_000);
    await superuser.query('DROP TRIGGER full_disk ON store.events');
  });
  await mustRecover(run, parts);
}

async function mustSayWhy(run: Run, { server, load }: UnderLoad, when: string): Promise<void> {
  const before = repeatsOf(load);
  await until('requests that are turned away', () => (repeatsOf(load) > before ? true : undefined));
  const said = await until('the reason in health', async () => {
    const { isReady, text } = await server.reasons();
    return !isReady && NO_SPACE.test(text) ? text : undefined;
  });
  run.count(`health said ${when}`, said);
}

function repeatsOf({ repeats }: UnderLoad['load']): number {
  return [...repeats.values()].reduce((sum, one) => sum + one, 0);
}
