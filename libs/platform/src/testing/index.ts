export { endWithUs, guardAgainstDeath } from './death-guard';
export { freePorts, startKafkaCluster, type KafkaCluster } from './kafka/kafka-cluster';
export { kafkaJars, kafkaToolJars, whyNoJava } from './kafka/kafka-jars';
export { findTestKafka, type TestKafka } from './kafka/test-kafka';
export { describeWithKafka, testBroker, type TestBroker } from './kafka/use-kafka';
export { createTestDatabase, useTestDatabase } from './test-database';
export type { TestDatabase } from './test-database';
export { startTestPostgres } from './test-postgres';
export type { TestPostgres } from './test-postgres';
