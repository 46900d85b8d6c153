import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';

type Role = 'postgres' | 'duestream' | typeof STRANGER;

/** Made by `createStranger`, with the application's password. */
export const STRANGER = 'stranger';

/** Somebody else who is connected to the embedded PostgreSQL of a data folder. */
export async function connectTo(dataDir: string, role: Role): Promise<Client> {
  const client = new Client({ ...(await addressOf(dataDir, role)), application_name: 'stranger' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function asSuperuser<T>(dataDir: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectTo(dataDir, 'postgres');
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A role of its own, so that limits on the application's do not meet it. */
export async function createStranger(dataDir: string, superuser: Client): Promise<void> {
  const { password } = await addressOf(dataDir, STRANGER);
  await superuser.query(`CREATE ROLE ${STRANGER} LOGIN PASSWORD '${password}'`);
}

async function addressOf(
  dataDir: string,
  user: Role,
): Promise<{ host: string; port: number; user: Role; password: string; database: string }> {
  const folder = path.join(dataDir, 'postgres');
  const [, , , port] = (await readFile(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
  const passwords = JSON.parse(await readFile(path.join(folder, 'postgres.credentials'), 'utf8')) as {
    superuserPassword: string;
    applicationPassword: string;
  };
  const password = user === 'postgres' ? passwords.superuserPassword : passwords.applicationPassword;
  return { host: '127.0.0.1', port: Number(port), user, password, database: 'duestream' };
}
