import { memberNamesOf } from '@duestream/contracts';
import type { CommandType, RecordedEvent } from '@duestream/domain';

/** What the sender had sent, as far as the event that recorded it still tells: without what was derived from it. */
export function sentContent(event: RecordedEvent): Readonly<Record<string, unknown>> {
  if (event.type === 'message.waiting.v1') {
    const { message, personal } = event.data;
    return Object.assign({}, isRecord(message.data) ? message.data : {}, personal);
  }
  const { personal, ...data }: Readonly<Record<string, unknown>> = { ...event.data };
  const names = new Set(isCommandType(event.type) ? memberNamesOf(event.type) : []);
  const members = Object.entries(Object.assign({}, data, isRecord(personal) ? personal : {}));
  return Object.fromEntries(
    members.filter(([name, value]) => names.has(name) && !(name === 'company' && value === '')),
  );
}

const WITHOUT_COMMAND: ReadonlySet<string> = new Set([
  'order.invoiced.v1',
  'credit.approved.v1',
  'credit.held.v1',
  'credit.rejected.v1',
  'credit.observed.v1',
  'credit.released.v1',
  'message.waiting.v1',
  'message.lapsed.v1',
]);

/** Facts are recorded under the name of the message that told them. */
function isCommandType(type: RecordedEvent['type']): type is Extract<RecordedEvent['type'], CommandType> {
  return !WITHOUT_COMMAND.has(type);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
