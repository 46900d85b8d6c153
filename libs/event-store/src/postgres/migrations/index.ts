import { createStore } from './0001-create-store';
import { appendFunction } from './0002-append-function';

/** One step of the schema. Once released it is never edited: a later step changes what it made. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In the order in which they run. */
export const MIGRATIONS: readonly Migration[] = [createStore, appendFunction];
