import type { Connections } from './connections';

export async function getSetting(connections: Connections, name: string): Promise<string | null> {
  const { rows } = await connections.query<{ value: string }>({
    text: 'SELECT value FROM store.settings WHERE name = $1',
    values: [name],
  });
  return rows[0]?.value ?? null;
}

/** Answers the value that stands. It can be changed for as long as the store has no events, and never after. */
export async function putSettingOnce(connections: Connections, name: string, value: string): Promise<string> {
  await connections.query({
    text: `
      INSERT INTO store.settings AS kept (name, value) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      WHERE kept.value <> excluded.value AND NOT EXISTS (SELECT FROM store.events)`,
    values: [name, value],
  });
  return (await getSetting(connections, name)) ?? value;
}
