import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ServerClient } from '../server/client';
import { demoDoor } from './door';

type Reply = readonly [status: number, body: object, headers?: Readonly<Record<string, string>>];

const AWAY: Reply = [503, { status: 503, code: 'processor.pending', detail: 'not yet' }, { 'retry-after': '0' }];
const ANSWERED: Reply = [200, { items: [{ id: 'm', status: 'duplicate' }] }];

describe("the demo's door", () => {
  let server: Server;
  let bodies: string[];
  let replies: Reply[];
  beforeEach(async () => {
    [bodies, replies] = [[], []];
    // Knows nothing but the protocol: a real server cannot be told when to have no answer.
    server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        const [status, json, headers] = replies.shift() ?? ANSWERED;
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  function open(): ReturnType<typeof demoDoor> {
    const { port } = server.address() as AddressInfo;
    return demoDoor(new ServerClient(`http://127.0.0.1:${port}`, 'demo'), () => undefined);
  }

  it('sends what gets no answer yet again, unchanged, until it is answered', async () => {
    replies.push(AWAY, AWAY);
    const answers = await open().send([{ id: 'm' }]);
    expect(answers).toMatchObject([{ id: 'm', status: 'duplicate' }]);
    expect(bodies).toEqual(['{"id":"m"}', '{"id":"m"}', '{"id":"m"}']);
  });

  it('ends at what sending again would not mend', async () => {
    replies.push([400, { status: 400, code: 'parameter', detail: 'no such parameter' }]);
    await expect(open().send([{ id: 'm' }])).rejects.toThrow('no such parameter');
    expect(bodies).toHaveLength(1);
  });
});
