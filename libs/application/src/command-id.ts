import { randomUUID } from 'node:crypto';

/**
 * Names one decision on a command. Event ids derive from it, and the identical batch is repeated with them after an
 * unknown outcome; another decision on the same message, here or in another process, must never have the same ids, or
 * its append would pass for a repetition of the first. That a message takes effect once is the domain's business.
 */
export function newCommandId(): string {
  return randomUUID();
}
