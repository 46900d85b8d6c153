import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import { CloudEvent } from 'cloudevents';
import {
  accountEventTypes,
  deadLetterHeadersProblem,
  inboundTypes,
  parseInbound,
  publishedProblem,
} from '@duestream/contracts';
import { loadConfig, type KafkaConfig } from '@duestream/platform';
import { CLOUD_EVENT_HEADERS } from '../records';
import { asyncApiDocument, type Examples } from './document';

const root = path.resolve(__dirname, '../../../../..');
/** Of the parser's severities: 0 is an error; 2 and 3 are advice, such as to take a newer AsyncAPI. */
const WARNING = 1;
const FILE = path.join(root, 'docs/asyncapi.json');

describe('docs/asyncapi.json', () => {
  const examples = read('libs/contracts/examples.json') as Examples;
  const { version } = read('package.json') as { readonly version: string };
  const generated = asyncApiDocument(defaults(), version, examples);

  it('is what the schemas and the settings of the topics give', () => {
    // To write it anew: npm run contracts
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, `${JSON.stringify(generated, null, 2)}\n`);
    expect(read('docs/asyncapi.json')).toEqual(generated);
  });

  it('is valid AsyncAPI 3', async () => {
    expect(await faultsOf(generated)).toEqual([]);
  });

  it('would not be valid with a reference that leads nowhere', async () => {
    const text = JSON.stringify(generated).replace('#/channels/answers', '#/channels/replies');
    expect(await faultsOf(JSON.parse(text) as object)).not.toEqual([]);
  });

  it('has examples that its own schemas accept, and would refuse a wrong one', () => {
    expect(refusedExamplesOf(generated)).toEqual([]);
    const text = JSON.stringify(generated).replaceAll('"status":"duplicate"', '"status":"again"');
    expect(refusedExamplesOf(JSON.parse(text) as object)).toEqual(['duestream.message.answered.v1']);
  });

  it('has an example of every type, each a CloudEvent that our own parser or schema accepts', () => {
    expect(Object.keys(examples.inbound).sort()).toEqual([...inboundTypes].sort());
    expect(Object.keys(examples.events).sort()).toEqual([...accountEventTypes(), 'duestream.feed.watermark.v1'].sort());
    for (const message of Object.values(examples.inbound)) {
      expect(new CloudEvent(message, true).validate()).toBe(true);
      expect(parseInbound(message, { enforcement: 'enforce' })).toMatchObject({ ok: true });
    }
    for (const event of [...Object.values(examples.events), ...Object.values(examples.answers)]) {
      expect(new CloudEvent<unknown>({ ...event }, true).validate()).toBe(true);
      expect(publishedProblem(event)).toBeNull();
    }
    expect(deadLetterHeadersProblem(examples.deadLetter.headers)).toBeNull();
  });

  it('has an example of every status of an answer', () => {
    const statuses = Object.values(examples.answers).map(({ data }): unknown => Reflect.get(data, 'status'));
    expect(new Set(statuses)).toEqual(new Set(['accepted', 'duplicate', 'waiting', 'refused']));
  });
});

interface Described {
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly examples: readonly { readonly payload: unknown; readonly headers?: unknown }[] }>
    >;
  };
}

/** Names of the messages with an example that the message's schema does not accept. The parser leaves that to its users. */
function refusedExamplesOf(document: object): readonly string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema(document, 'document');
  const { messages } = (document as Described).components;
  return Object.entries(messages).flatMap(([name, { examples }]) => {
    const part = (which: string) => ajv.compile({ $ref: `document#/components/messages/${name}/${which}` });
    const [isPayload, isHeaders] = [part('payload'), part('headers')];
    return examples
      .filter(({ payload, headers }) => !isPayload(payload) || !isHeaders(headers ?? CLOUD_EVENT_HEADERS))
      .map(() => name);
  });
}

/** What the parser calls an error or a warning. */
async function faultsOf(document: object): Promise<readonly string[]> {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  return diagnostics
    .filter(({ severity }) => Number(severity) <= WARNING)
    .map(({ message, path: where }) => `${where.join('.')}: ${message}`);
}

function defaults(): KafkaConfig {
  const { feed } = loadConfig({ DUESTREAM_FEED: 'kafka', DUESTREAM_KAFKA_BROKERS: 'localhost:9092' });
  if (feed.kind !== 'kafka') throw new Error('asked for Kafka');
  return feed.kafka;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}
