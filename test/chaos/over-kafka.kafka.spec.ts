import { randomInt } from 'node:crypto';
import { describeWithKafka } from '@duestream/platform/testing';
import { buildServer } from '../support/server-process';
import { SCENARIOS } from './scenarios';
import { runScenario } from './support/run';

/** Generous: six ways through, on a machine that is busy with other tests. */
const LONGEST_MS = 600_000;

/** The short form of those runs of `npm run chaos` that need a broker. */
describeWithKafka('with Kafka in the middle', () => {
  beforeAll(() => buildServer(), LONGEST_MS);

  it.each(SCENARIOS.filter(({ needs }) => needs === 'kafka'))(
    '$promise',
    async (scenario) => {
      const verdict = await runScenario(scenario, { seed: randomInt(2 ** 31), isShort: true, print: () => undefined });
      expect(verdict).toMatchObject({ broken: [], held: true });
    },
    LONGEST_MS,
  );
});
