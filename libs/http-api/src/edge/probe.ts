import type { FastifyRequest } from 'fastify';

/** Asks for health, and can bring nothing along: such a request is always answered. */
export function isProbe({ method, url }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && PROBED.test(url);
}

const PROBED = /^\/health\/(live|ready)(\?|$)/;
