import { object, oneOf, optional, type Typed } from '../schema/builder';
import { openText } from './parts';

/** Where a dead letter came from and why it is one; headers of the record of these names. */
export const DEAD_LETTER_HEADERS = {
  reason: 'duestream-reason',
  detail: 'duestream-detail',
  topic: 'duestream-topic',
  partition: 'duestream-partition',
  offset: 'duestream-offset',
  timestamp: 'duestream-timestamp',
  /** The original key; absent where there was none. */
  key: 'duestream-key',
  /** `null` when the record had no value: here one without a value means that the letter is dealt with. */
  value: 'duestream-value',
  /** Length of the original value, where the topic could take only its beginning. */
  cut: 'duestream-cut-from',
} as const;

type HeaderName = (typeof DEAD_LETTER_HEADERS)[keyof typeof DEAD_LETTER_HEADERS];
type Sometimes = 'duestream-key' | 'duestream-value' | 'duestream-cut-from';

/** Beside the original's own. */
export type DeadLetterHeaders = { readonly [N in Exclude<HeaderName, Sometimes>]: string } & {
  readonly [N in Sometimes]?: string;
};

const digits = (description: string): Typed<string> => ({ json: { type: 'string', pattern: '^\\d+$', description } });

/** A dead letter is no CloudEvent: its value is whatever was sent, to the byte. */
export const deadLetterHeadersSchema = object<DeadLetterHeaders>({
  'duestream-reason': openText('stable code, such as json.invalid or record.key'),
  'duestream-detail': openText('a sentence with all of it'),
  'duestream-topic': openText('where it was sent'),
  'duestream-partition': digits('its partition there'),
  'duestream-offset': digits('its offset there'),
  'duestream-timestamp': digits('when it was written: milliseconds since 1970'),
  'duestream-key': optional(openText('its key; left out where it had none')),
  'duestream-value': optional(oneOf(['null'], 'there when it had no value')),
  'duestream-cut-from': optional(
    digits('there when the record was too long: the length of its value in bytes, of which this is the beginning'),
  ),
});
