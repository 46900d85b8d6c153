import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';

/** The description as JSON, and a page that shows it. Everything comes from this server. */
export function addDocs(fastify: FastifyInstance, describe: () => object): void {
  let description: string | undefined;
  fastify.get('/openapi.json', (_request, reply) => {
    description ??= JSON.stringify(describe());
    return reply.header('content-type', 'application/json; charset=utf-8').send(description);
  });
  for (const [route, file, type] of FILES) {
    const content = readFileSync(path.join(__dirname, file));
    fastify.get(route, (_request, reply) => reply.header('content-type', `${type}; charset=utf-8`).send(content));
  }
}

const FILES = [
  ['/docs', 'docs.html', 'text/html'],
  ['/docs/docs.css', 'docs.css', 'text/css'],
  ['/docs/docs.js', 'docs.js', 'text/javascript'],
] as const;
