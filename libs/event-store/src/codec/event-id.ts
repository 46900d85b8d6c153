import { hash } from 'node:crypto';

/** The sixteen bytes of the nil UUID, our namespace; the prefix keeps the names apart from anyone else's. */
const NAMESPACE = '\u0000'.repeat(16);
const PREFIX = 'duestream:event:';

/** The four variants that the 17th hex digit of a UUID may have, by the two low bits of the digest's digit. */
const VARIANTS = '89ab';

/** A command id that begins with the time of its decision: UUID version 7. */
const TIMED = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;
const TIME_LENGTH = 'xxxxxxxx-xxxx'.length;

/**
 * Ids of the events that one command writes, in order: the same command on the same stream always gives the same.
 * UUID version 5 (RFC 9562 §5.5), because older clients, EventStoreDB's among them, take versions 1 to 5 only. The time
 * of the command id, where it has one, stands in front: the ids of one moment are neighbours in an index, and a store
 * of many millions costs no more to write to than a small one.
 */
export function eventIdOf(streamId: string, commandId: string, index: number): string {
  const digest = hash('sha1', `${NAMESPACE}${PREFIX}${streamId}\n${commandId}\n${index}`, 'hex');
  const variant = VARIANTS.charAt(Number.parseInt(digest.charAt(16), 16) & 3);
  const front = TIMED.test(commandId)
    ? commandId.slice(0, TIME_LENGTH)
    : `${digest.slice(0, 8)}-${digest.slice(8, 12)}`;
  return `${front}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
