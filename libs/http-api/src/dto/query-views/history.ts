import { Flag, FreeObject, Part, Text, WholeNumber } from '../shown';

export class ActorView {
  @Text()
  readonly id!: string;

  @Text()
  readonly via!: string;

  @Flag()
  readonly authenticated!: boolean;
}

export class HistoryItemView {
  @WholeNumber()
  readonly revision!: number;

  @Text()
  readonly position!: string;

  @Text()
  readonly id!: string;

  @Text()
  readonly type!: string;

  @Text()
  readonly effectiveAt!: string;

  @Text()
  readonly recordedAt!: string;

  @Part(ActorView)
  readonly actor!: ActorView;

  @FreeObject()
  readonly data!: Readonly<Record<string, unknown>>;

  @Text()
  readonly hash!: string;
}
