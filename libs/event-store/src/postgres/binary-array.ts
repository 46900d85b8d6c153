/**
 * Arrays in PostgreSQL's binary form, which `pg` sends for parameters that are Buffers. As text every quote of every
 * JSON payload would have to be escaped here and unescaped there.
 */
const INT4 = 23;
const TEXT = 25;
const UUID = 2950;
const HEADER_BYTES = 20;

export function textArray(values: readonly string[]): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + Buffer.byteLength(value);
  const buffer = arrayOf(TEXT, values.length, bytes);
  let offset = HEADER_BYTES;
  for (const value of values) {
    const written = buffer.write(value, offset + 4);
    buffer.writeInt32BE(written, offset);
    offset += 4 + written;
  }
  return buffer;
}

export function intArray(values: readonly number[]): Buffer {
  const buffer = arrayOf(INT4, values.length, HEADER_BYTES + 8 * values.length);
  let offset = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(4, offset);
    buffer.writeInt32BE(value, offset + 4);
    offset += 8;
  }
  return buffer;
}

/** Of UUIDs in their usual text form. */
export function uuidArray(values: readonly string[]): Buffer {
  const buffer = arrayOf(UUID, values.length, HEADER_BYTES + 20 * values.length);
  let offset = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(16, offset);
    buffer.write(value.replaceAll('-', ''), offset + 4, 'hex');
    offset += 20;
  }
  return buffer;
}

/** The header: one dimension, no nulls, the element's type, how many, counted from 1. */
function arrayOf(elementType: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
