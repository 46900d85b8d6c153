export { SafeProducer } from '../kafka/producer';
export { eventRecord, watermarkRecord } from '../kafka/records';
export { kafkaSurroundings, testKafkaConfig, type KafkaSurroundings } from './kafka-surroundings';
export { readTopic, type TopicRecord } from './read-topic';
export { until } from './until';
