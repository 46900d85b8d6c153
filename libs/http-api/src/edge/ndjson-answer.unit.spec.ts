import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import createFastify from 'fastify';
import { answerOperation } from './ndjson-answer';

test.each([
  ['first on its connection', ''],
  ['pipelined behind another request', 'GET /never-answered HTTP/1.1\r\nHost: localhost\r\n\r\n'],
])('an operation that is %s is broken off when its caller goes', async (_, before) => {
  const fastify = createFastify({ forceCloseConnections: true });
  fastify.get('/never-answered', () => new Promise(() => undefined));
  const began = new Promise<AbortSignal>((resolve) => {
    fastify.post('/operation', (request, reply) =>
      answerOperation(
        async (_report, signal) => {
          resolve(signal);
          await once(signal, 'abort');
        },
        request,
        reply,
      ),
    );
  });
  await fastify.listen({ port: 0 });
  try {
    const socket = connect((fastify.server.address() as AddressInfo).port);
    socket.write(`${before}POST /operation HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const signal = await began;
    expect(signal.aborted).toBe(false);
    const aborted = once(signal, 'abort');
    socket.resetAndDestroy();
    await aborted;
  } finally {
    await fastify.close();
  }
});
