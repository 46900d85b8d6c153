import { readFile, readdir } from 'node:fs/promises';
import type { EmbeddedPostgres } from '@duestream/platform';

const TICKS_PER_SECOND = 100;

/** CPU seconds that this process and the database server's processes have used so far; the server's on Linux only. */
export async function cpuSeconds(
  postgres: EmbeddedPostgres,
): Promise<{ readonly node: number; readonly server: number }> {
  const { user, system } = process.cpuUsage();
  const state = postgres.state();
  const server = state.status === 'ready' && process.platform === 'linux' ? await ofServer(state.pid) : 0;
  return { node: (user + system) / 1_000_000, server };
}

/** The postmaster with the children it has waited for, and those that still run. */
async function ofServer(postmaster: number): Promise<number> {
  let ticks = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const [, parent, ...times] = fieldsAfterName(stat);
    if (Number(name) === postmaster) ticks += sum(times.slice(9, 13));
    else if (Number(parent) === postmaster) ticks += sum(times.slice(9, 11));
  }
  return ticks / TICKS_PER_SECOND;
}

/** The name, in brackets, may hold blanks. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function sum(ticks: readonly string[]): number {
  return ticks.reduce((total, one) => total + Number(one), 0);
}
