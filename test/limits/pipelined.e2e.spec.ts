import { useTestDatabase } from '@duestream/platform/testing';
import { eventually } from './support/eventually';
import { openRawClient } from './support/raw-client';
import { whileNothingIsAnswered } from './support/while-nothing-is-answered';
import { serversOn } from './support/with-server';

/** Several requests on one connection, of which those behind the first have a response that is not connected to anything. */
const database = useTestDatabase();
const withServer = serversOn(database);

const HISTORY = 'GET /v1/accounts/P-1/history HTTP/1.1\r\nHost: localhost\r\n\r\n';
const HEAD = 'POST /v1/accounts/P-1/block HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const BODY = '{"reason":"x"}'.padEnd(50);
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n32\r\n${BODY}\r\n0\r\n\r\n`;

describe('a client that breaks off while its pipelined requests are under way', () => {
  it('gives the places of all of them back', async () => {
    await withServer({ maxRequestsPerClient: 2 }, async (server) => {
      await whileNothingIsAnswered(database().connectionString, async () => {
        const client = await openRawClient(server.url);
        client.write(HISTORY.repeat(2));
        await eventually(async () => expect((await server.get('/v1/accounts')).status).toBe(429));
        client.socket.resetAndDestroy();
        await eventually(async () => expect((await server.get('/v1/accounts')).status).toBe(200));
      });
      // With one of both still taken, this one would be the last.
      const holding = await openRawClient(server.url);
      holding.write(`${HEAD}Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n\r\n`);
      await holding.until('100 Continue');
      expect((await server.get('/v1/accounts')).status).toBe(200);
      holding.socket.destroy();
    });
  });

  it('gives the bytes of all their bodies back', async () => {
    await withServer({ maxBodyBytesAtOnce: 100, maxCommandBytes: 50 }, async (server) => {
      await whileNothingIsAnswered(database().connectionString, async () => {
        const client = await openRawClient(server.url);
        client.write(CHUNKED.repeat(2));
        await eventually(async () => expect((await server.post('/v1/messages', '[]')).status).toBe(503));
        client.socket.resetAndDestroy();
        await eventually(async () => expect((await server.post('/v1/messages', '[]')).status).toBe(200));
      });
      const holding = await openRawClient(server.url);
      holding.write(`${HEAD}Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n`);
      await holding.until('100 Continue');
      expect((await server.post('/v1/accounts/P-1/block', BODY)).status).toBe(404);
      holding.socket.destroy();
    });
  });
});
