import { createHash, randomUUID } from 'node:crypto';
import type { Command } from '@duestream/domain';

/**
 * The same message from the same sender gives the same command, so that its events have the same ids whenever and
 * wherever it is decided. Without a key of the sender's nothing says that two sendings are one.
 */
export function commandIdOf({ accountId, type, source, id, contentHash, keyless }: Command): string {
  if (keyless === true) return randomUUID();
  const parts = JSON.stringify([accountId, type, source, id, contentHash]);
  return uuidOf(createHash('sha256').update(parts).digest());
}

/** A UUID of version 8: its bits are ours to choose. */
function uuidOf(digest: Buffer): string {
  const bytes = digest.subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
