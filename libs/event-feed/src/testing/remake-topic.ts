import type { KafkaSurroundings } from './kafka-surroundings';
import { until } from './until';

/** The topic of the events as a cluster that lost its disks has it: there, and empty. */
export async function remakeTopic({ kafka, topics, config }: KafkaSurroundings): Promise<void> {
  const topic = topics.accountEvents;
  const admin = kafka.admin();
  await admin.connect();
  const isThere = async (): Promise<boolean> => (await admin.listTopics()).includes(topic);
  await admin.deleteTopics({ topics: [topic] });
  await until(async () => !(await isThere()));
  await admin.createTopics({ topics: [{ topic, numPartitions: config.partitions }] });
  await until(isThere);
  await admin.disconnect();
}
