import { splitHash } from '../codec/hash-chain';
import { MAX_PAGE, type ReadAllOptions, type ReadAllPage, type StoredEvent, type StreamHead } from '../port';
import { assertPage } from '../page';

/**
 * The heads of all streams. The engine keeps none, and no list of streams either, so they are gathered from the log
 * of all events: a stream whose end was cut off or that was deleted still has its events there, until somebody
 * scavenges. What was gathered is kept while pages are asked for, and dropped with the last.
 */
export class StreamHeads {
  private gathered: readonly StreamHead[] | null = null;

  constructor(private readonly readAll: (options: ReadAllOptions) => Promise<ReadAllPage>) {}

  /** In the order of stream ids, after one of them (null: from the first). The first page gathers anew. */
  async page({ after, limit }: ReadAllOptions): Promise<readonly StreamHead[]> {
    assertPage(limit);
    if (after === null || this.gathered === null) this.gathered = await this.gather();
    const heads = this.gathered;
    const first = after === null ? 0 : firstAfter(heads, after);
    const page = heads.slice(first, first + limit);
    if (page.length < limit) this.gathered = null;
    return page;
  }

  async find(streamId: string): Promise<StreamHead | null> {
    return (await this.gather()).find((head) => head.streamId === streamId) ?? null;
  }

  private async gather(): Promise<readonly StreamHead[]> {
    const heads = new Map<string, StreamHead>();
    for (let [after, atEnd]: [string | null, boolean] = [null, false]; !atEnd;) {
      const page = await this.readAll({ after, limit: MAX_PAGE });
      for (const event of page.events) heads.set(event.streamId, headOf(event));
      ({ position: after, atEnd } = page);
    }
    return [...heads.values()].sort((a, b) => (a.streamId < b.streamId ? -1 : 1));
  }
}

export function headOf({ streamId, revision, metadata }: StoredEvent): StreamHead {
  return { streamId, revision, hash: splitHash(metadata)?.hash ?? null };
}

function firstAfter(heads: readonly StreamHead[], streamId: string): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((heads[middle]?.streamId ?? '') <= streamId) low = middle + 1;
    else high = middle;
  }
  return low;
}
