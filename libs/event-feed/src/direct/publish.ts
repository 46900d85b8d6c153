import { toPublicEvent, type PublicEvent } from '@duestream/contracts';
import { accountIdOfStream, openEvent, type StoredEvent } from '@duestream/event-store';

/** The gateway: an account's stored event, former versions in today's form, as the public contract has it. */
export function publishStored(stored: StoredEvent): PublicEvent | null {
  const accountId = accountIdOfStream(stored.streamId);
  if (accountId === null) return null;
  const { recorded, envelope } = openEvent(stored);
  return toPublicEvent({ recorded, envelope, position: stored.position, accountId });
}
