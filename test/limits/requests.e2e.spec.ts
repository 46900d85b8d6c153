import { useTestDatabase } from '@duestream/platform/testing';
import { containing } from '../e2e/support/matchers';
import { eventually } from './support/eventually';
import { openRawClient, readRaw } from './support/raw-client';
import { serversOn } from './support/with-server';

const database = useTestDatabase();
const withServer = serversOn(database);

const HEAD = 'POST /v1/accounts/L-1/block HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const BODY = '{"reason":"x"}';

describe('requests of one client at once', () => {
  it('as many as the limit are served; one more is 429 with Retry-After, and is taken when another has ended', async () => {
    await withServer({ maxRequestsPerClient: 2 }, async (server) => {
      // A request counts from its headers on, so two bodies that do not come hold both places.
      const holding = [await openRawClient(server.url), await openRawClient(server.url)];
      for (const client of holding)
        client.write(`${HEAD}Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n\r\n`);
      await Promise.all(holding.map((client) => client.until('100 Continue')));
      const refused = await server.get('/v1/accounts');
      expect(refused).toMatchObject({
        status: 429,
        json: { code: 'client.too-many-requests', expected: 'at most 2 requests of one client at once' },
      });
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect(refused.headers.get('retry-after')).toBe('1');

      holding[0]?.write(BODY);
      await holding[0]?.until('account.unknown');
      expect((await server.get('/v1/accounts')).status).toBe(200);
      for (const { socket } of holding) socket.destroy();
    });
  });

  it('a client that breaks off gives its place back', async () => {
    await withServer({ maxRequestsPerClient: 1 }, async (server) => {
      for (let round = 0; round < 3; round++) {
        const client = await openRawClient(server.url);
        client.write(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
        await client.until('100 Continue');
        client.socket.resetAndDestroy();
        await eventually(async () => expect((await server.get('/v1/accounts')).status).toBe(200));
      }
    });
  });

  it('probes of health are answered even then', async () => {
    await withServer({ maxRequestsPerClient: 1 }, async (server) => {
      const client = await openRawClient(server.url);
      client.write(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
      await client.until('100 Continue');
      expect((await server.get('/v1/accounts')).status).toBe(429);
      expect((await server.get('/health/live')).status).toBe(200);
      client.socket.destroy();
    });
  });

  it('whatever else is asked below the address of health counts, with its body', async () => {
    await withServer({ maxRequestsPerClient: 1, maxBodyBytesAtOnce: 10 }, async (server) => {
      expect((await server.post('/health/live', BODY)).status).toBe(503);
      expect((await server.post('/health/other', BODY)).status).toBe(503);
      const client = await openRawClient(server.url);
      client.write(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
      await client.until('100 Continue');
      expect((await server.request('DELETE', '/health/live')).status).toBe(429);
      expect((await server.get('/health/other')).status).toBe(429);
      expect((await server.get('/health/ready?verbose')).status).toBe(200);
      client.socket.destroy();
    });
  });
});

describe('bodies under way at once', () => {
  it('fill the limit; what exceeds it by a byte is 503 with Retry-After', async () => {
    await withServer({ maxBodyBytesAtOnce: 100 }, async (server) => {
      const holding = await openRawClient(server.url);
      holding.write(`${HEAD}Content-Length: ${100 - BODY.length}\r\nExpect: 100-continue\r\n\r\n`);
      await holding.until('100 Continue');
      const refused = await server.post('/v1/accounts/L-1/block', `${BODY} `);
      expect(refused).toMatchObject({ status: 503, json: { code: 'bodies.too-large', facts: { limitBytes: '100' } } });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect((await server.post('/v1/accounts/L-1/block', BODY)).status).toBe(404);
      holding.socket.destroy();
    });
  });

  it('a body without a length counts as the largest that its route takes', async () => {
    await withServer({ maxBodyBytesAtOnce: 100, maxCommandBytes: 100 }, async (server) => {
      const holding = await openRawClient(server.url);
      holding.write(`${HEAD}Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n`);
      await holding.until('100 Continue');
      expect((await server.post('/v1/accounts/L-1/block', BODY)).status).toBe(503);
      holding.socket.destroy();
    });
  });
});

describe('connections at once', () => {
  it('as many as the limit are held; one more is closed as it comes', async () => {
    await withServer({ maxConnections: 3 }, async (server) => {
      const held = [await openRawClient(server.url), await openRawClient(server.url), await openRawClient(server.url)];
      const oneTooMany = await openRawClient(server.url);
      await expect(oneTooMany.closed).resolves.toBe('');
      held[2]?.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await held[2]?.until('{"status":"live"}');
      for (const { socket } of held) socket.destroy();
      await eventually(async () => expect((await server.get('/health/live')).status).toBe(200));
    });
  });
});

describe('a slow client', () => {
  const IN_A_HURRY = { requestTimeoutMs: 400, headersTimeoutMs: 200, sweepEveryMs: 20 };

  it.each([
    ['sends nothing', ''],
    ['never ends its headers', 'GET /v1/accounts HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['never ends its body', `${HEAD}Content-Length: 14\r\n\r\n{"reason"`],
    ['never ends its chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\n{"re\r\n`],
  ])('that %s is answered with 408 and its connection closed', async (_, start) => {
    await withServer(IN_A_HURRY, async (server) => {
      const client = await openRawClient(server.url);
      client.write(start);
      const { status, head, json } = readRaw(await client.closed);
      expect([status, json]).toMatchObject([408, { code: 'request.too-slow', status: 408 }]);
      expect(head).toContain('content-type: application/problem+json');
    });
  });

  it('that sends byte by byte does not stay longer for it', async () => {
    await withServer(IN_A_HURRY, async (server) => {
      const client = await openRawClient(server.url);
      client.write(`${HEAD}Content-Length: 1000000\r\n\r\n`);
      const dripping = setInterval(() => client.write(' '), 10);
      const answer = await client.closed;
      clearInterval(dripping);
      expect(readRaw(answer).status).toBe(408);
    });
  });

  it('that does not read its answers is cut off', async () => {
    // One place: whoever is served next shows that it is free again. Kept alive, it would be held for over a minute.
    await withServer({ stalledTimeoutMs: 200, maxConnections: 1 }, async (server) => {
      const client = await openRawClient(server.url);
      client.socket.pause();
      // More answers than the buffers of both sides hold.
      for (let n = 0; n < 400; n++) client.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await eventually(async () => expect((await server.get('/health/live')).status).toBe(200));
      client.socket.destroy();
    });
  });
});

describe('what is no HTTP request', () => {
  it.each([
    ['no request line', 'hello\r\n\r\n', 400, 'request.malformed'],
    ['a blank in the address', 'GET /v1/accounts/a b HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'request.malformed'],
    ['a NUL in the address', 'GET /v1/accounts/a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'request.malformed'],
    [
      'a NUL in a header',
      'GET /v1/accounts HTTP/1.1\r\nHost: localhost\r\nDuestream-Actor: a\0b\r\n\r\n',
      400,
      'request.malformed',
    ],
    ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1}`, 400, 'request.malformed'],
    [
      'a length and chunks',
      `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'request.malformed',
    ],
    ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n`, 400, 'request.malformed'],
    ['a chunk without a size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'request.malformed'],
    ['no host', 'GET /v1/accounts HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'header.missing'],
    ['an expectation of another kind', `${HEAD}Expect: wonders\r\n\r\n`, 417, 'header.invalid'],
  ])('%s is a problem, and the connection ends', async (_, bytes, status, code) => {
    await withServer({}, async (server) => {
      const client = await openRawClient(server.url);
      client.write(bytes);
      expect(readRaw(await client.closed)).toMatchObject({ status, json: { code } });
      expect((await server.get('/health/live')).status).toBe(200);
    });
  });

  it('a request that ends before it is whole is 400 and does nothing', async () => {
    await withServer({}, async (server) => {
      const client = await openRawClient(server.url);
      client.write(`${HEAD}Content-Length: ${BODY.length + 1}\r\n\r\n${BODY}`);
      client.socket.end();
      expect(readRaw(await client.closed)).toMatchObject({ status: 400, json: { code: 'request.truncated' } });
    });
  });
});

describe('headers', () => {
  it('up to the limit are read; more is 431', async () => {
    await withServer({ maxHeaderBytes: 1_024 }, async (server) => {
      const withHeader = (bytes: number): string => {
        const start = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ';
        return `${start}${'x'.repeat(bytes - start.length - 4)}\r\n\r\n`;
      };
      const small = await openRawClient(server.url);
      small.write(withHeader(900));
      expect(readRaw(await small.closed).status).toBe(200);
      const large = await openRawClient(server.url);
      large.write(withHeader(1_200));
      expect(readRaw(await large.closed)).toMatchObject({ status: 431, json: { code: 'headers.too-large' } });
    });
  });
});

describe('a body', () => {
  it('of one command may be as large as the limit; a byte more is 413', async () => {
    await withServer({ maxCommandBytes: 1_000 }, async (server) => {
      const padded = (bytes: number): string => BODY.padEnd(bytes);
      expect((await server.post('/v1/accounts/L-1/block', padded(1_000))).status).toBe(404);
      expect(await server.post('/v1/accounts/L-1/block', padded(1_001))).toMatchObject({
        status: 413,
        json: { code: 'body.too-large', detail: containing('larger') },
      });
      // A batch may be larger.
      expect((await server.post('/v1/messages', '[]'.padEnd(1_001))).status).toBe(200);
    });
  });

  it('of a batch may be as large as the limit; a byte more is 413, chunked too', async () => {
    await withServer({ maxBatchBytes: 5_000 }, async (server) => {
      expect((await server.post('/v1/messages', '[]'.padEnd(5_000))).status).toBe(200);
      expect((await server.post('/v1/messages', '[]'.padEnd(5_001))).status).toBe(413);
      const client = await openRawClient(server.url);
      client.write(
        'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      client.write(`1389\r\n${'[]'.padEnd(5_001)}\r\n0\r\n\r\n`);
      await client.until('body.too-large');
      client.socket.destroy();
    });
  });
});
