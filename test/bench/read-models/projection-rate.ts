import type { Figure } from '../support/figure';
import { withTrade } from './traded';

export interface ProjectionRateOptions {
  readonly events?: number;
}

/** Events per second that the live projection takes when it has to catch up. The database must be empty. */
export async function projectionRate(
  connectionString: string,
  { events = 100_000 }: ProjectionRateOptions = {},
): Promise<readonly Figure[]> {
  return withTrade(connectionString, events, async ({ models }, written) => {
    const began = performance.now();
    models.start();
    await models.waitFor(written.position, 600_000);
    const rate = Math.round(written.events / ((performance.now() - began) / 1_000));
    return [{ name: 'live projection catching up', value: rate, unit: 'events/s', goal: { atLeast: 42_000 } }];
  });
}
