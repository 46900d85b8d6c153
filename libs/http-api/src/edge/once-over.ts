import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Of each connection, what is still to be told of its end: one listener for however many requests. */
const underWay = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls once, when the answer has gone out or can no longer go out. A pipelined request waits for its turn with a
 * response that has no connection yet, and that Node never closes when the connection ends before.
 */
export function onceOver({ raw: { socket } }: FastifyRequest, { raw: response }: FastifyReply, then: () => void): void {
  const ends = underWay.get(socket) ?? watch(socket);
  const end = (): void => {
    if (ends.delete(end)) then();
  };
  ends.add(end);
  response.once('close', end);
  // Its end may have been told of already.
  if (socket.destroyed) end();
}

function watch(socket: Socket): Set<() => void> {
  const ends = new Set<() => void>();
  underWay.set(socket, ends);
  socket.once('close', () => ends.forEach((end) => end()));
  return ends;
}
