export * from './port';
export { DIRECT_PARTITION, directFeed, type DirectFeedOptions } from './direct/direct-feed';
export { connectKafka, type KafkaConnection } from './kafka/connection';
export { kafkaFeed, type KafkaFeedOptions } from './kafka/feed/kafka-feed';
export type { InboundHandler, InboundInContext, Recorded } from './kafka/intake/handler';
export { DeadLetterBox, type DeadLetter } from './kafka/intake/dead-letter-box';
export { Intake, type IntakeObserver, type IntakeOptions } from './kafka/intake/intake';
export { Relay, type RelayOptions, type RelayState } from './kafka/relay/relay';
export { KafkaNotUsable } from './kafka/topics';
