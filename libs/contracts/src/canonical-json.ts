import { hash } from 'node:crypto';
import { Utf8Writer } from './utf8-writer';

/**
 * JSON text that is the same for the same content: keys sorted by UTF-16 code unit, no white space, strings and numbers
 * as `JSON.stringify` writes them (RFC 8785). Members that are undefined are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  writer.clear();
  writeCanonicalJson(value, writer);
  return writer.textBetween(0, writer.length);
}

/** The same into a text that is being put together. */
export function writeCanonicalJson(value: unknown, to: Utf8Writer): void {
  write(value, root, to);
}

/** SHA-256 (hex) of a text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

const writer = new Utf8Writer();

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

function write(value: unknown, place: Place, to: Utf8Writer): void {
  if (typeof value === 'string') to.quoted(value);
  else if (value === null) to.text('null');
  else if (typeof value !== 'object') to.text(JSON.stringify(value) ?? 'null');
  else if (Array.isArray(value)) writeArray(value, place, to);
  // Any object can be read by key; the compiler will not say so of `object`.
  else writeObject(value as Readonly<Record<string, unknown>>, place, to);
}

function writeArray(elements: readonly unknown[], place: Place, to: Utf8Writer): void {
  to.text('[');
  let isFirst = true;
  for (const element of elements) {
    if (!isFirst) to.text(',');
    isFirst = false;
    write(element, place, to);
  }
  to.text(']');
}

function writeObject(object: Readonly<Record<string, unknown>>, place: Place, to: Utf8Writer): void {
  to.text('{');
  let isFirst = true;
  for (const { key, asFirst, asNext, place: below } of shapeOf(Object.keys(object), place).members) {
    const member = object[key];
    if (member === undefined) continue;
    to.text(isFirst ? asFirst : asNext);
    isFirst = false;
    write(member, below, to);
  }
  to.text('}');
}

function shapeOf(keys: readonly string[], place: Place): Shape {
  for (const shape of place.shapes) if (hasKeys(shape, keys)) return shape;
  const members = [...keys].sort().map((key): Member => {
    const asFirst = `${JSON.stringify(key)}:`;
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
