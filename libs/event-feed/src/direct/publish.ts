import { toPublicEvent, type PublicEvent } from '@duestream/contracts';
import { accountIdOf, openEvent, type StoredEvent } from '@duestream/event-store';

/** The gateway: a stored event, former versions in today's form, as the public contract has it. */
export function publishStored(stored: StoredEvent): PublicEvent {
  const { recorded, envelope } = openEvent(stored);
  return toPublicEvent({ recorded, envelope, position: stored.position, accountId: accountIdOf(stored.streamId) });
}
