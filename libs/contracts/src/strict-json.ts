import { repeatedKeys } from './repeated-keys';
import { fieldPath, type FieldPath, type Problem } from './schema/problem';
import { isDeeperThan } from './schema/rules';

/** Levels of lists and objects within one JSON text: far more than any message has, far fewer than exhaust a stack. */
export const MAX_JSON_LEVELS = 32;

/** What no schema should have to look at, and where it stands. */
export interface JsonFault {
  /** From the outside in; empty where it is the text as a whole. */
  readonly path: FieldPath;
  readonly problem: Problem;
}

/** The first fault of a JSON text whose parsed form is `value`: too deep, a key that could reach a prototype, a key twice. */
export function jsonFault(text: string, value: unknown): JsonFault | null {
  // First the depth: looking for a key goes down as far as there is something.
  const fault = tooDeepFault(value) ?? (mayHoldForbiddenKey(text) ? forbiddenKeyFault(value) : null);
  if (fault !== null) return fault;
  const [repeated] = repeatedKeys(text, value);
  return repeated === undefined ? null : repeatedKeyFault(repeated);
}

export function tooDeepFault(value: unknown): JsonFault | null {
  if (!isDeeperThan(MAX_JSON_LEVELS, value)) return null;
  const path = deepPath(value);
  const expected = `at most ${MAX_JSON_LEVELS} levels`;
  const name = fieldPath(path) || 'the message';
  return faultAt(path, 'json.too-deep', `${name} is nested too deeply; expected ${expected}.`, expected);
}

/** False for nearly every text, so that nearly none is searched. */
export function mayHoldForbiddenKey(text: string): boolean {
  return text.includes('\\u') ? FORBIDDEN_KEY.test(text) : text.includes('__proto__');
}

/** The value is known not to be too deep. */
export function forbiddenKeyFault(value: unknown): JsonFault | null {
  const path = protoPath(value);
  if (path === null) return null;
  return faultAt(path, 'json.forbidden-key', `A field is called ${fieldPath(path)}.`, 'no such field');
}

export function repeatedKeyFault(path: FieldPath): JsonFault {
  return faultAt(path, 'json.repeated-key', `${fieldPath(path)} is there twice; expected it once.`, 'it once');
}

const FORBIDDEN_KEY =
  /"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"\s*:/i;
const NAMED_LEVELS = 2;

function faultAt(path: FieldPath, code: string, detail: string, expected: string): JsonFault {
  return { path, problem: { code, detail, field: fieldPath(path), value: null, expected } };
}

/** The member in which it goes down too far, named as far as that helps to find it: `data.lines`. */
function deepPath(value: unknown): FieldPath {
  const path: string[] = [];
  let inner = value;
  while (path.length < NAMED_LEVELS && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
    const levels = MAX_JSON_LEVELS - path.length - 1;
    const deep = Object.entries(inner).find(([, member]) => isDeeperThan(levels, member));
    if (deep === undefined) break;
    path.push(deep[0]);
    inner = deep[1];
  }
  return path;
}

function protoPath(value: unknown): FieldPath | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, '__proto__')) return ['__proto__'];
  for (const [name, member] of Object.entries(value)) {
    const inner = protoPath(member);
    if (inner !== null) return [name, ...inner];
  }
  return null;
}
