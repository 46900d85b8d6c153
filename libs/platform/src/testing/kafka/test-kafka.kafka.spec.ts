import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { describeWithKafka } from './use-kafka';

describeWithKafka('the broker of the tests', ({ brokers, newPrefix }) => {
  it('keeps what was sent to it', async () => {
    const topic = `${newPrefix()}kept`;
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
    const [admin, producer] = [
      kafka.admin(),
      kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true }),
    ];
    await Promise.all([admin.connect(), producer.connect()]);
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
      await producer.send({ topic, messages: Array.from({ length: 30 }, (_, n) => ({ key: `K-${n}`, value: 'x' })) });
      const offsets = await admin.fetchTopicOffsets(topic);
      expect(offsets).toHaveLength(3);
      expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(30);
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    }
  });
});
