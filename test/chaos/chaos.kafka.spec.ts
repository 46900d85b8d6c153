import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeWithKafka } from '@duestream/platform/testing';
import { KAFKA_SCENARIOS } from './scenarios';
import { runScenario } from './support/run';
import { rootFolder } from './support/server';

const run = promisify(execFile);

/** Generous: a machine that is busy with other tests starts processes slowly. */
const LONGEST_MS = 480_000;

/** The short form of `npm run chaos` for what needs a broker. */
describeWithKafka('whatever breaks among several processes, nothing that was acknowledged is lost', () => {
  beforeAll(() => run(process.execPath, [path.join(rootFolder(), 'scripts/build.mjs')]), LONGEST_MS);

  it.each(KAFKA_SCENARIOS)(
    '$promise',
    async (scenario) => {
      const verdict = await runScenario(scenario, { seed: randomInt(2 ** 31), isShort: true, print: () => undefined });
      expect(verdict).toMatchObject({ broken: [], held: true });
    },
    LONGEST_MS,
  );
});
