import { EntitySchema } from 'typeorm';
import { instant, key, keyNumber, optionalInstant, optionalText, sequence, text } from './columns';

export type GenerationState = 'building' | 'live' | 'retired';

/** One whole set of read models in a schema of its own (`rm_<number>`). `events` counts what it has taken. */
export interface GenerationRow {
  readonly number: number;
  readonly state: GenerationState;
  readonly modelVersion: string;
  readonly events: number;
  /** The latest `recordedAt` among them. */
  readonly recordedAt: string | null;
  readonly createdAt: string;
}

export const GenerationEntity = new EntitySchema<GenerationRow>({
  name: 'generation',
  tableName: 'generations',
  schema: 'read_models',
  columns: {
    number: keyNumber('number'),
    state: text('state'),
    modelVersion: text('model_version'),
    events: sequence('events'),
    recordedAt: optionalInstant('recorded_at'),
    createdAt: instant('created_at'),
  },
});

/** Where a generation goes on in a partition of the feed: compared and set in the transaction of the rows. */
export interface CheckpointRow {
  readonly generation: number;
  readonly partition: string;
  readonly next: string | null;
  readonly position: string | null;
}

export const CheckpointEntity = new EntitySchema<CheckpointRow>({
  name: 'checkpoint',
  tableName: 'checkpoints',
  schema: 'read_models',
  columns: {
    generation: keyNumber('generation'),
    partition: key('partition'),
    next: optionalText('next'),
    position: optionalText('position'),
  },
});
