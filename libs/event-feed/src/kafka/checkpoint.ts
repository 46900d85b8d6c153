import type { Checkpoint } from '../port';

/** A place in one partition, and in the store: complete up to `position`, goes on at `offset`. */
export interface KafkaCheckpoint {
  /** Null: not known, because what is complete came from the store itself. */
  readonly offset: bigint | null;
  readonly position: string | null;
}

export const AT_START: KafkaCheckpoint = { offset: null, position: null };

/** `offset@position`; either may be empty. A text without @ is a store's position, as the direct feed leaves it. */
export function parseCheckpoint(text: Checkpoint): KafkaCheckpoint {
  if (text === null) return AT_START;
  const at = text.indexOf('@');
  const [offset, position] = at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
  return { offset: /^\d{1,19}$/.test(offset) ? BigInt(offset) : null, position: position === '' ? null : position };
}

export function checkpointText({ offset, position }: KafkaCheckpoint): string {
  return `${offset ?? ''}@${position ?? ''}`;
}
