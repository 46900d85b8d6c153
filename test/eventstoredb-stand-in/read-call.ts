import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { refusalError, type Refusal } from './refusals';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const ENDS_OF_WAITING = ['drain', 'cancelled', 'close'];

/** False: nobody listens any more. */
export async function send(call: ReadCall, response: ReadResp): Promise<boolean> {
  if (call.cancelled || call.destroyed) return false;
  if (call.write(response)) return true;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      for (const event of ENDS_OF_WAITING) call.off(event, go);
      resolve();
    };
    for (const event of ENDS_OF_WAITING) call.on(event, go);
  });
  return !call.cancelled && !call.destroyed;
}

export function refuse(call: ReadCall, refusal: Refusal): void {
  call.emit('error', refusalError(refusal));
}
