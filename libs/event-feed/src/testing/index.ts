export { testKafkaConfig } from './kafka-surroundings';
export { readTopic, type TopicRecord } from './read-topic';
export { until } from './until';
