import type { Logger } from '@duestream/platform';
import type { Metrics } from './metrics';
import type { Teardown } from './teardown';

/** What every part of a process is given: where it tells of itself, and who closes it. */
export interface Surroundings {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly teardown: Teardown;
}
