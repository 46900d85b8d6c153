import { Partitioners, type Kafka } from 'kafkajs';
import type { Answer, AnswerEvent, AnswerList } from '@duestream/contracts';
import { readTopic } from '@duestream/event-feed/testing';
import type { HttpClient } from '../support/http';
import type { Message } from '../support/ledger';
import { jsonOf } from '../support/proof';

/** One way for messages to come in: what was answered, of each account in the order of its messages. */
export interface Door {
  send(messages: readonly Message[]): Promise<readonly Answered[]>;
}

export interface Answered {
  readonly accountId: string;
  readonly answer: Answer;
}

/** Few, so that each is answered in time on a machine that is busy with all legs' engines. */
const PER_REQUEST = 200;
const PER_SEND = 2_000;

export function httpDoor(http: HttpClient): Door {
  return {
    send: async (messages) => {
      const answered: Answered[] = [];
      for (let first = 0; first < messages.length; first += PER_REQUEST) {
        const batch = messages.slice(first, first + PER_REQUEST);
        const { items } = await jsonOf<AnswerList>(http.post('/v1/messages', batch, { timeoutMs: 300_000 }));
        items.forEach((answer, index) => answered.push({ accountId: batch[index]?.subject ?? '', answer }));
      }
      return answered;
    },
  };
}

/** Through the inbound topic, and back by the topic of answers. */
export function topicDoor(kafka: Kafka, topics: { readonly inbound: string; readonly answers: string }): Door {
  return {
    send: async (messages) => {
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      try {
        for (let first = 0; first < messages.length; first += PER_SEND) {
          const records = messages.slice(first, first + PER_SEND).map((one) => {
            return { key: one.subject, value: JSON.stringify(one) };
          });
          await producer.send({ topic: topics.inbound, acks: -1, messages: records });
        }
      } finally {
        await producer.disconnect();
      }
      const records = await readTopic(kafka, topics.answers, (read) => read.length >= messages.length);
      return records.map(({ value }) => {
        // Our own server wrote it; the contract's tests hold it against its schema.
        const { subject, data } = JSON.parse(value?.toString() ?? '') as AnswerEvent;
        return { accountId: subject, answer: data };
      });
    },
  };
}
