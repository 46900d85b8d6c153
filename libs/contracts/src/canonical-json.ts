import { hash } from 'node:crypto';

/**
 * JSON text that is the same for the same content: keys sorted by UTF-16 code unit, no white space, strings and numbers
 * as `JSON.stringify` writes them (RFC 8785). Members that are undefined are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, root);
}

/** SHA-256 (hex) of a text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Sorting keys would be most of the work, and events come in few shapes. So each place of a document remembers the
 * last shapes that it saw, by their keys in the order in which they came, and how their members are written.
 */
interface Place {
  shapes: readonly Shape[];
}

interface Shape {
  readonly keys: readonly string[];
  /** In the order of their keys. */
  readonly members: readonly Member[];
}

interface Member {
  readonly key: string;
  readonly asFirst: string;
  readonly asNext: string;
  readonly place: Place;
}

/** Of one place; the oldest makes room. */
const MAX_SHAPES = 128;
const root: Place = { shapes: [] };

function textOf(value: unknown, place: Place): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  // Any object can be read by key; the compiler will not say so of `object`.
  return Array.isArray(value) ? arrayText(value, place) : objectText(value as Readonly<Record<string, unknown>>, place);
}

function arrayText(elements: readonly unknown[], place: Place): string {
  let text = '';
  for (const element of elements) text += text === '' ? textOf(element, place) : `,${textOf(element, place)}`;
  return `[${text}]`;
}

function objectText(object: Readonly<Record<string, unknown>>, place: Place): string {
  let text = '';
  for (const { key, asFirst, asNext, place: below } of shapeOf(Object.keys(object), place).members) {
    const member = object[key];
    if (member === undefined) continue;
    text += (text === '' ? asFirst : asNext) + textOf(member, below);
  }
  return `{${text}}`;
}

function shapeOf(keys: readonly string[], place: Place): Shape {
  for (const shape of place.shapes) if (hasKeys(shape, keys)) return shape;
  const members = [...keys].sort().map((key): Member => {
    const asFirst = `${quoted(key)}:`;
    return { key, asFirst, asNext: `,${asFirst}`, place: { shapes: [] } };
  });
  const shape = { keys, members };
  place.shapes = [...place.shapes.slice(place.shapes.length < MAX_SHAPES ? 0 : 1), shape];
  return shape;
}

function hasKeys({ keys }: Shape, wanted: readonly string[]): boolean {
  if (keys.length !== wanted.length) return false;
  for (let i = 0; i < keys.length; i++) if (keys[i] !== wanted[i]) return false;
  return true;
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Most strings hold nothing to escape, and this runs for every string of every event. */
function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}
