import type { Config } from '@duestream/platform';
import type { Applied } from '@duestream/read-models';

/** What the projector's thread is started with. */
export interface ProjectorThreadData {
  readonly eventStore: Config['eventStore'];
  readonly connectionString: string;
}

/** To the thread. */
export const STOP = 'stop';

/** From the thread. */
export type ThreadMessage =
  { readonly kind: 'applied'; readonly applied: Applied } | { readonly kind: 'failed'; readonly error: Error };
