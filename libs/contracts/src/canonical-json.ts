import { hash } from 'node:crypto';

/**
 * JSON text that is the same for the same content: keys sorted by UTF-16 code unit, no white space, strings and numbers
 * as `JSON.stringify` writes them (RFC 8785). Members that are undefined are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  // Any object can be read by key; the compiler will not say so of `object`.
  return Array.isArray(value) ? arrayText(value) : objectText(value as Readonly<Record<string, unknown>>);
}

/** SHA-256 (hex) of a text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

function arrayText(elements: readonly unknown[]): string {
  let text = '';
  for (const element of elements) text += text === '' ? canonicalJson(element) : `,${canonicalJson(element)}`;
  return `[${text}]`;
}

function objectText(members: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Most strings hold nothing to escape, and this runs for every string of every event. */
function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}
