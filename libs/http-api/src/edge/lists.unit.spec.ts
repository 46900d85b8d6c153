import createFastify from 'fastify';
import { answerList } from './lists';

test.each<[method: 'GET' | 'HEAD', pages: number, body: string]>([
  ['GET', 3, 'n\r\n0\r\n1\r\n2\r\n'],
  ['HEAD', 1, ''],
])('%s of a list of three pages as CSV reads %i of them', async (method, pages, body) => {
  const cursors: (string | undefined)[] = [];
  const list = {
    page: ({ cursor }: { readonly cursor?: string }) => {
      cursors.push(cursor);
      const n = Number(cursor ?? 0);
      return Promise.resolve({ items: [{ n }], nextCursor: n < 2 ? String(n + 1) : null });
    },
    columns: { n: (item: { readonly n: number }) => item.n },
  };
  const fastify = createFastify();
  fastify.get('/list', (request, reply) => answerList(list, {}, request, reply));
  const answer = await fastify.inject({ method, url: '/list', headers: { accept: 'text/csv' } });
  await fastify.close();
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
    200,
    expect.stringContaining('text/csv'),
    body,
  ]);
  expect(cursors).toHaveLength(pages);
});
