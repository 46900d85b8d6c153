import { accountEventTypes, publishedProblem, type HistoryItem, type PublicEvent } from '@duestream/contracts';
import { useTestDatabase } from '@duestream/platform/testing';
import { envelope } from './support/messages';
import { startTestServer, type TestServer } from './support/server';
import { STORY } from './support/story';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

const ACCOUNT = 'P-1';

it('publishes events of every type, each as its schema describes it', async () => {
  const answer = await server.post(
    '/v1/messages',
    STORY.map(([type, data], index) => envelope(type, ACCOUNT, data, `m-${index}`)),
  );
  const refused = (answer.json['items'] as readonly { status: string; id: string; problem?: object }[]).filter(
    ({ status }) => status === 'refused',
  );
  expect(refused).toEqual([]);

  const history = (await server.get(`/v1/accounts/${ACCOUNT}/history?limit=1000`)).json[
    'items'
  ] as readonly HistoryItem[];
  expect(history.flatMap((item) => publishedProblem(published(item))?.detail ?? [])).toEqual([]);

  expect(new Set(history.map(({ type }) => type))).toEqual(new Set(accountEventTypes()));
});

/** History shows an event's data in the public form; its envelope is made of the same facts. */
function published(item: HistoryItem): PublicEvent {
  const event = {
    specversion: '1.0',
    id: item.id,
    source: '/duestream',
    type: item.type,
    subject: ACCOUNT,
    time: item.recordedAt,
    datacontenttype: 'application/json',
    accountrevision: String(item.revision),
    position: item.position,
    causationid: 'm',
    causationsource: '/erp/test',
    effectiveat: item.effectiveAt,
    businessdate: item.effectiveAt,
    actorid: item.actor.id,
    actorvia: item.actor.via,
    actorauthenticated: String(item.actor.authenticated),
    data: item.data,
  };
  // What it is, is what the test asks.
  return JSON.parse(JSON.stringify(event)) as PublicEvent;
}
