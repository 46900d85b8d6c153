import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { ReadModels, type ReadModelsOptions } from '../read-models';
import type { AccountStory } from './account-story';
import { MemoryFeed } from './memory-feed';

/** Read models on a database of their own, fed from memory. */
export interface ModelsUnderTest {
  readonly database: TestDatabase;
  readonly memory: MemoryFeed;
  readonly models: ReadModels;
  readonly errors: Error[];
  /** Appends the stories' events, interleaved, and waits until the models show them. */
  tell(...stories: readonly AccountStory[]): Promise<void>;
  close(): Promise<void>;
}

export const BUSINESS_DATE = '2026-06-30';
const WAIT_MS = 20_000;

export async function openModels(options: Partial<ReadModelsOptions> = {}): Promise<ModelsUnderTest> {
  const database = await createTestDatabase();
  const memory = new MemoryFeed();
  const errors: Error[] = [];
  const models = await ReadModels.open({
    connectionString: database.connectionString,
    feed: memory.feed,
    businessDate: () => BUSINESS_DATE,
    timeZone: 'UTC',
    maxConnections: 4,
    lingerMs: 0,
    paceMs: 0,
    onError: (error) => errors.push(error),
    ...options,
  });
  models.start();
  const told = new Map<AccountStory, number>();
  return {
    database,
    memory,
    models,
    errors,
    tell: async (...stories) => {
      for (let isMore = true; isMore;) {
        isMore = false;
        for (const story of stories) {
          const next = told.get(story) ?? 0;
          const event = story.events[next];
          if (event === undefined) continue;
          memory.append(event);
          told.set(story, next + 1);
          isMore = true;
        }
      }
      await models.waitFor(memory.append(), WAIT_MS);
    },
    close: async () => {
      await models.close();
      await database.drop();
    },
  };
}
