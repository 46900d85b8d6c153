import { randomUUID } from 'node:crypto';
import { jsonEvent, metastreamOf, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import { appendAlone } from './append';
import type { Connection } from './connection';
import { readError } from './errors';

/** Tells the server that a new stream's older events need not be kept. One that is told something already stays so. */
export async function keepNewest(connection: Connection, streamId: string, events: number): Promise<void> {
  // `$metadata` is the server's own form, and it reads JSON only.
  const metadata = jsonEvent({ id: randomUUID(), type: '$metadata', data: { $maxCount: events } });
  await connection.use(async (client) => {
    try {
      await appendAlone(client, metastreamOf(streamId), [metadata], NO_STREAM, connection.options.appendTimeoutMs);
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw readError(error);
    }
  });
}
