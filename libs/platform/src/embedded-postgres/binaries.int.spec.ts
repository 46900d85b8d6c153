import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPackage, provideBinaries } from './binaries';

const run = promisify(execFile);
const asRoot = userInfo().uid === 0 ? test : test.skip;

let base = '';

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'duestream-binaries-'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

test('makes the library links that an install script would have made', async () => {
  const installed = await findPackage();
  const nativeDir = path.join(base, 'native');
  await cp(installed.nativeDir, nativeDir, { recursive: true, filter: isNoLink });

  const { postgres, majorVersion } = await provideBinaries(undefined, base, { ...installed, nativeDir });

  expect(postgres).toBe(path.join(nativeDir, 'bin/postgres'));
  expect((await run(postgres, ['--version'], { env: {} })).stdout).toContain(`PostgreSQL) ${majorVersion}.`);
});

asRoot('copies them for a user who can reach neither their folder nor, for a strict umask, the files', async () => {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)),
  );
  const installed = await findPackage();
  const nativeDir = path.join(base, 'native');
  await cp(installed.nativeDir, nativeDir, { recursive: true, filter: isNoLink });
  for (const name of await readdir(path.join(nativeDir, 'lib'))) {
    if ((await stat(path.join(nativeDir, 'lib', name))).isFile()) await chmod(path.join(nativeDir, 'lib', name), 0o600);
  }
  const version = `${installed.version}-test-${randomUUID()}`;

  const { postgres } = await provideBinaries({ uid: uid ?? 0, gid: gid ?? 0 }, base, { nativeDir, version });

  try {
    expect(postgres.startsWith(base)).toBe(false);
    expect((await run(postgres, ['--version'], { env: {}, uid, gid })).stdout).toContain('PostgreSQL');
  } finally {
    await rm(path.resolve(postgres, '../..'), { recursive: true, force: true });
  }
});

/** Leaves what the package itself holds: an install script or an earlier start may have made the links. */
async function isNoLink(file: string): Promise<boolean> {
  return !(await lstat(file)).isSymbolicLink();
}
