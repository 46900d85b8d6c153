import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
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
});
