import { randomUUID } from 'node:crypto';

/**
 * Names one decision on a command. Event ids derive from it, and the identical batch is repeated with them after an
 * unknown outcome; another decision on the same message, here or in another process, must never have the same ids, or
 * its append would pass for a repetition of the first. That a message takes effect once is the domain's business.
 *
 * UUID version 7 (RFC 9562 §5.7): milliseconds first, so that neighbours in time are neighbours in an index.
 */
export function newCommandId(): string {
  const millis = Date.now().toString(16).padStart(12, '0');
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7${randomUUID().slice(15)}`;
}
