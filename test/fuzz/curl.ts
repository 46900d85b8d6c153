import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bareBytes, type Prepared } from './wire';

const MOST_INLINE_BYTES = 2_000;

/** A shell command that sends the request again, byte for byte. Large bodies are put into `folder`. */
export function curlOf(prepared: Prepared, url: string, folder: string, name: string): string {
  const { method, target, headers, body, delivery } = prepared;
  const { host, hostname, port } = new URL(url);
  const isBare = delivery === 'truncated' || delivery === 'slow' || /[^\u0021-\u007e]/.test(target);
  if (isBare) {
    const { head, body: part } = bareBytes(prepared, host);
    const wait = delivery === 'slow' ? '; sleep 600' : '';
    return `{ ${printed(Buffer.concat([head, part]), folder, name)}${wait}; } | curl -sS telnet://${hostname}:${port}`;
  }
  const options = ['curl', '-sS', '--path-as-is', '-g', '-X', method];
  for (const [field, value] of headers) options.push('-H', quoted(Buffer.from(`${field}: ${value}`, 'latin1')));
  if (!headers.some(([field]) => field === 'Content-Type') && body !== null) options.push('-H', "'Content-Type:'");
  if (delivery === 'chunked') options.push('-H', "'Transfer-Encoding: chunked'");
  if (body !== null) options.push('--data-binary', '@-');
  options.push(quoted(Buffer.from(url + target)));
  const command = options.join(' ');
  return body === null ? command : `${printed(body, folder, name)} | ${command}`;
}

function printed(bytes: Buffer, folder: string, name: string): string {
  if (bytes.length <= MOST_INLINE_BYTES) return `printf '%b' ${quoted(bytes, '\\\\')}`;
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return `cat ${file}`;
}

/** As a word of the shell; `escape` stands for a backslash in it. */
function quoted(bytes: Buffer, escape = '\\'): string {
  const isPlain = bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c);
  if (isPlain) return `'${bytes.toString('latin1')}'`;
  const text = Array.from(bytes, (byte) => {
    const isOrdinary = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
    return isOrdinary ? String.fromCharCode(byte) : `${escape}x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${text.join('')}'`;
}
