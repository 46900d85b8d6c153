import { eventIdOf } from '../codec/event-id';
import { parseObject } from '../codec/metadata';
import { MAX_PAGE, type AppendBatch, type AppendResult, type ReadStreamOptions, type StoredEvent } from '../port';
import { appendDecided } from './one-writer';

const STREAM = 'duestream-settings';
const TYPE = 'duestream.setting.put.v1';

interface Access {
  readonly append: (batch: AppendBatch) => Promise<AppendResult>;
  readonly readStream: (streamId: string, options: ReadStreamOptions) => Promise<readonly StoredEvent[]>;
  readonly hasEvents: () => Promise<boolean>;
}

/** Settings of the store are a small stream of their own: the newest value of a name stands. */
export async function getSetting(access: Pick<Access, 'readStream'>, name: string): Promise<string | null> {
  return standing(await access.readStream(STREAM, { limit: MAX_PAGE }), name);
}

/** Answers the value that stands. It can be changed for as long as the store has no events, and never after. */
export async function putSettingOnce(access: Access, name: string, value: string): Promise<string> {
  let kept = value;
  await appendDecided(access.append, async () => {
    const events = await access.readStream(STREAM, { limit: MAX_PAGE });
    const before = standing(events, name);
    if (before !== null && (before === value || (await access.hasEvents()))) {
      kept = before;
      return null;
    }
    kept = value;
    const expectedRevision = events.at(-1)?.revision ?? -1;
    const id = eventIdOf(STREAM, JSON.stringify([name, value]), expectedRevision + 1);
    const data = JSON.stringify({ name, value });
    return { streamId: STREAM, expectedRevision, events: [{ id, type: TYPE, data, metadata: '{}' }] };
  });
  return kept;
}

function standing(events: readonly StoredEvent[], name: string): string | null {
  const put = events.map(({ data }) => parseObject(data)).findLast((setting) => setting?.['name'] === name);
  const value = put?.['value'];
  return typeof value === 'string' ? value : null;
}
