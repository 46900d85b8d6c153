import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { actOn, changedInSilence, ordersOf, SOURCE, type Answer, type Message } from './orders';

const brokers = (process.env['DUESTREAM_KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const prefix = process.env['DUESTREAM_KAFKA_TOPIC_PREFIX'] ?? '';
const INBOUND = `${prefix}duestream.inbound.v1`;
const ANSWERS = `${prefix}duestream.answers.v1`;

/** An answer as it stands in the topic. */
interface AnswerEvent {
  /** The same for every answer to the same message. */
  readonly id: string;
  readonly causationid: string;
  readonly causationsource: string;
  readonly data: Answer;
}

async function main(): Promise<void> {
  const kafka = new Kafka({ clientId: 'erp-emea', brokers, logLevel: logLevel.ERROR });
  const messages = ordersOf('C-2002');
  const [, , order] = messages;
  const all = order === undefined ? messages : [...messages, order, changedInSilence(order)];
  await send(kafka, all);
  const consumer = kafka.consumer({ groupId: `${prefix}erp-emea-answers` });
  try {
    await readAnswers(consumer, new Set(all.map(({ id }) => id)));
  } finally {
    await consumer.disconnect();
  }
}

/** The account is the key: its messages stay in their order, and a record under another key is not taken. */
async function send(kafka: Kafka, messages: readonly Message[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  try {
    await producer.send({
      topic: INBOUND,
      acks: -1,
      messages: messages.map((message) => ({
        key: message.subject,
        value: JSON.stringify(message),
        headers: { 'content-type': 'application/cloudevents+json', 'duestream-actor': 'erp' },
      })),
    });
  } finally {
    await producer.disconnect();
  }
}

/** Until each message has one. After a crash on either side an answer may come again; then it says `duplicate`. */
async function readAnswers(consumer: Consumer, open: Set<string>): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topic: ANSWERS, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          const answer = JSON.parse(message.value?.toString() ?? '') as AnswerEvent;
          // The topic has the answers to every system.
          if (answer.causationsource !== SOURCE) return Promise.resolve();
          console.log(actOn(answer.data));
          open.delete(answer.causationid);
          if (open.size === 0) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
}

void main();
