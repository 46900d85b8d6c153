import type { ClientBase } from 'pg';

/**
 * Transaction ids order events only within one history of one cluster. A dump restored elsewhere, or a cluster taken
 * back to an earlier point, gives out other ones; from then on events belong to the next incarnation, which comes
 * after everything before it. Writers are locked out while it is raised, so that none of them is still underway with
 * the old one.
 */
export async function raiseIncarnationWhenRestored(client: ClientBase): Promise<void> {
  const cluster = await clusterOf(client);
  if ((await newestCluster(client)) === cluster) return;
  await client.query('BEGIN');
  try {
    await client.query('LOCK TABLE store.events, store.incarnations IN SHARE ROW EXCLUSIVE MODE');
    if ((await newestCluster(client)) !== cluster) {
      await client.query(
        `INSERT INTO store.incarnations (incarnation, cluster)
         SELECT coalesce(max(incarnation), 0) + 1, $1 FROM store.incarnations`,
        [cluster],
      );
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** The cluster and its timeline: the first changes with `initdb`, the second with every recovery that ends early. */
async function clusterOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ cluster: string }>(
    `SELECT system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS cluster
     FROM pg_control_system()`,
  );
  return rows[0]?.cluster ?? '';
}

async function newestCluster(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ cluster: string }>(
    'SELECT cluster FROM store.incarnations ORDER BY incarnation DESC LIMIT 1',
  );
  return rows[0]?.cluster;
}
