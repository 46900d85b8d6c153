/** Not an event of an account: how far a partition of `duestream.account-events.v1` is complete. */
export const WATERMARK_TYPE = 'duestream.feed.watermark.v1';

export interface Watermark {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: '/duestream';
  readonly type: typeof WATERMARK_TYPE;
  /** When it was written. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Every event of this partition's accounts up to this position stands before this record. */
  readonly position: string;
  readonly data: { readonly partition: number };
}

export function watermark(partition: number, position: string, now: Date): Watermark {
  return {
    specversion: '1.0',
    id: `${partition}/${position}`,
    source: '/duestream',
    type: WATERMARK_TYPE,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    position,
    data: { partition },
  };
}
