import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { SCENARIOS } from './scenarios';
import { runScenario } from './support/run';
import { rootFolder } from './support/server';

const run = promisify(execFile);

/** Generous: a machine that is busy with other tests starts servers slowly. */
const LONGEST_MS = 240_000;

beforeAll(() => run(process.execPath, [path.join(rootFolder(), 'scripts/build.mjs')]), LONGEST_MS);

/** The short form of `npm run chaos`. The verdict has the seed that repeats the run, and where its evidence is. */
describe('whatever breaks, nothing that was acknowledged is lost', () => {
  it.each(SCENARIOS.filter(({ needs }) => needs === undefined))(
    '$promise',
    async (scenario) => {
      const verdict = await runScenario(scenario, { seed: randomInt(2 ** 31), isShort: true, print: () => undefined });
      expect(verdict).toMatchObject({ broken: [], held: true });
    },
    LONGEST_MS,
  );
});
