import { sha256Hex } from '@duestream/contracts';

/** The text of a snapshot with a digest before it: damage shows, and the events are read instead. */
export function sealSnapshot(state: string): string {
  return `${sha256Hex(state)}\n${state}`;
}

/** The state's text, or null where it is not what was saved. */
export function openSnapshot(text: string): string | null {
  const end = text.indexOf('\n');
  const state = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === sha256Hex(state) ? state : null;
}
