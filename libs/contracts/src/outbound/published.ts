import type { AnswerEvent } from './answer-event';
import type { PublicEvent } from './public-event';
import type { Watermark } from './watermark';

/** Every CloudEvent that Duestream writes to Kafka. */
export type PublishedEvent = PublicEvent | AnswerEvent | Watermark;
export type PublishedType = PublishedEvent['type'];
