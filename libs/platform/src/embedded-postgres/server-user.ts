import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An account of the operating system that PostgreSQL runs as; undefined means the one this process runs as. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

/**
 * PostgreSQL refuses to run as root. A cluster that exists keeps its owner; a new one gets the user `postgres`, created
 * when missing, or `nobody` where users cannot be created.
 */
export async function chooseServerUser(clusterDir: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = await stat(clusterDir).catch(() => undefined);
  if (cluster !== undefined && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  return (await findUser('postgres')) ?? (await createPostgresUser()) ?? (await findUser('nobody'));
}

/** Whether the user can reach the folder through all of its parents. */
export async function canTraverse(user: ServerUser, folder: string): Promise<boolean> {
  if (user === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const { uid, gid, mode } = await stat(current);
    const search = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & search) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

async function createPostgresUser(): Promise<ServerUser> {
  try {
    await run('groupadd', ['--system', 'postgres']);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', '--shell', '/bin/false', 'postgres']);
  } catch {
    // No such tools (macOS, minimal images) or a read-only /etc: the caller takes another user.
  }
  return findUser('postgres');
}

async function findUser(name: string): Promise<ServerUser> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
