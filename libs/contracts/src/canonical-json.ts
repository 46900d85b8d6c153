import { hash } from 'node:crypto';
import { ObjectShapes, type Place } from './object-shapes';
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
  write(value, shapes.root, to);
}

/** SHA-256 (hex) of a text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

const writer = new Utf8Writer();

/** Some megabytes. */
const MAX_REMEMBERED_MEMBERS = 20_000;
const shapes = new ObjectShapes(MAX_REMEMBERED_MEMBERS);

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
  for (const { key, asFirst, asNext, place: below } of shapes.of(Object.keys(object), place).members) {
    const member = object[key];
    if (member === undefined) continue;
    to.text(isFirst ? asFirst : asNext);
    isFirst = false;
    write(member, below, to);
  }
  to.text('}');
}
