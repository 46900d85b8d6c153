import type { Snapshot } from '../port';
import type { Connections } from './connections';

export async function loadSnapshot(
  connections: Connections,
  streamId: string,
  schema: string,
): Promise<Snapshot | null> {
  const { rows } = await connections.query<{ revision: number; state: string }>({
    name: 'store.load-snapshot',
    text: 'SELECT revision, state FROM store.snapshots WHERE stream_id = $1 AND schema = $2',
    values: [streamId, schema],
  });
  return rows.map(({ revision, state }) => ({ revision, schema, state }))[0] ?? null;
}

/** One per stream. An older one never replaces a newer one of its shape. */
export async function saveSnapshot(
  connections: Connections,
  streamId: string,
  { revision, schema, state }: Snapshot,
): Promise<void> {
  await connections.query({
    name: 'store.save-snapshot',
    text: `
      INSERT INTO store.snapshots AS kept (stream_id, revision, schema, state) VALUES ($1, $2, $3, $4)
      ON CONFLICT (stream_id) DO UPDATE
      SET revision = excluded.revision, schema = excluded.schema, state = excluded.state
      WHERE kept.schema <> excluded.schema OR kept.revision < excluded.revision`,
    values: [streamId, revision, schema, state],
  });
}

export async function deleteSnapshots(connections: Connections, streamId: string | undefined): Promise<void> {
  if (streamId === undefined) await connections.query({ text: 'DELETE FROM store.snapshots' });
  else await connections.query({ text: 'DELETE FROM store.snapshots WHERE stream_id = $1', values: [streamId] });
}
