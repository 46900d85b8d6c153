import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { endWithUs, guardAgainstDeath } from '@duestream/platform/testing';
import { buildServer } from '../support/server-process';

const root = path.resolve(__dirname, '../..');
const TIMEOUT_MS = 120_000;

interface Ended {
  readonly code: number;
  readonly text: string;
}

/** The built program, as a user starts it. */
async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const main = path.join(root, 'dist/apps', program, 'main.js');
  const options = { cwd: root, env: { ...process.env, ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], options);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

/** Of both outputs, as they come. */
function linesOf({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): Interface {
  const both = new PassThrough();
  let open = 2;
  for (const stream of [stdout, stderr]) {
    stream.pipe(both, { end: false });
    stream.once('end', () => (open -= 1) === 0 && both.end());
  }
  return createInterface({ input: both });
}

/** What only the bundle can do wrong: a package that does not load there loads from its sources. */
describe('the built programs', () => {
  beforeAll(() => buildServer(), TIMEOUT_MS);

  it.each([['--help'], ['demo', '--help'], ['import', '--help']])('duestream %s', async (...args) => {
    const { code, text } = await run('cli', args);
    expect(text).toMatch(/^Usage: duestream /);
    expect(code).toBe(0);
  });

  it.each(['standalone', 'api', 'intake', 'relay', 'projector', 'queries'])('%s says what is wrong', async (role) => {
    const { code, text } = await run(role, [], { DUESTREAM_PORT: 'none' });
    expect(text).toContain('DUESTREAM_PORT');
    expect(code).not.toBe(0);
  });

  // npm passes on the Ctrl-C of a terminal, which the program has from there already.
  it.each([
    ['standalone', []],
    ['cli', ['start']],
  ] as const)(
    '%s stops in order, its PostgreSQL too, although Ctrl-C comes twice at once',
    async (program, args) => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-programs-'));
      const guard = guardAgainstDeath(dataDir);
      const child = spawn(process.execPath, [path.join(root, 'dist/apps', program, 'main.js'), ...args], {
        cwd: root,
        env: { PATH: process.env['PATH'], DUESTREAM_DATA_DIR: dataDir, DUESTREAM_PORT: '0' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const childGuard = endWithUs(child);
      const exited = once(child, 'exit');
      let interrupts = 0;
      for await (const line of linesOf(child)) {
        // Two signals of one kind that wait at the same moment would be one.
        if (/Ctrl-C stops it|stopping/.test(line) && child.kill('SIGINT')) interrupts += 1;
      }
      expect(interrupts).toBe(2);
      expect(await exited).toEqual([0, null]);
      childGuard.kill('SIGKILL');
      expect(await readdir(dataDir)).toEqual(['postgres']);
      expect(await readdir(path.join(dataDir, 'postgres'))).not.toContain('postmaster.pid');
      guard.dismiss();
      await rm(dataDir, { recursive: true, force: true });
    },
    TIMEOUT_MS,
  );
});
