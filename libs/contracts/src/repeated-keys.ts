/** Where a member stands that its object has twice. */
export type RepeatedKeyPath = readonly (string | number)[];

/**
 * Members that stand twice in one object of a JSON text, whose parsed form is `value`. `JSON.parse` keeps the last of
 * them and tells nobody (RFC 8259 §4: what a receiver makes of them differs), so an amount could read one way here and
 * another way there. At most one for each element where the text is a list, and one in all where it is not.
 */
export function repeatedKeys(text: string, value: unknown): readonly RepeatedKeyPath[] {
  // Each member has one closing quote with a colon behind it; texts that hold such a pair only add to these.
  if (countColons(text) === countMembers(value)) return [];
  return scan(text);
}

function countColons(text: string): number {
  let count = 0;
  if (/"[ \t\r\n]+:/.test(text)) {
    for (const colon = /"[ \t\r\n]*:/g; colon.test(text);) count += 1;
    return count;
  }
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

function countMembers(value: unknown): number {
  let count = 0;
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const members: unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) waiting.push(member);
  }
  return count;
}

/** A list or an object that is being read. */
interface Frame {
  /** Null in a list. */
  readonly names: Set<string> | null;
  at: string | number;
  expectsName: boolean;
}

/** Reads a text that is known to be JSON, without recursion: it may be deep. */
function scan(text: string): readonly RepeatedKeyPath[] {
  const found = new Map<string | number, RepeatedKeyPath>();
  const frames: Frame[] = [];
  for (let index = 0; index < text.length; index++) {
    const frame = frames.at(-1);
    switch (text[index]) {
      case '"': {
        const end = closingQuote(text, index);
        if (frame?.names && frame.expectsName) {
          const name = String(JSON.parse(text.slice(index, end + 1)));
          frame.at = name;
          frame.expectsName = false;
          const path = frames.map(({ at }) => at);
          const element = frames[0]?.names === null ? (path[0] ?? '') : '';
          if (frame.names.has(name) && !found.has(element)) found.set(element, path);
          frame.names.add(name);
        }
        index = end;
        break;
      }
      case '{':
        frames.push({ names: new Set(), at: '', expectsName: true });
        break;
      case '[':
        frames.push({ names: null, at: 0, expectsName: false });
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      case ',':
        if (frame !== undefined && typeof frame.at === 'number') frame.at += 1;
        else if (frame !== undefined) frame.expectsName = true;
        break;
      default:
        break;
    }
  }
  return [...found.values()];
}

function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
