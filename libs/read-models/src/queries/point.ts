import { isLocalDate, parseInstant } from '@duestream/domain';
import { isOfOnePosition, type GenerationStand } from '../database/generation';
import { InvalidParameter, KnownAtTooLate } from '../errors';
import type { Cursor } from './cursor';
import type { Parameters } from './parameters';

/** When a report looks, and from when it looks. */
export interface PointRequest {
  readonly asOf?: string;
  readonly knownAt?: string;
}

/** As of a day, as known at an instant, and of the events that the model had taken when the first page was asked for. */
export interface Point {
  readonly asOf: string;
  readonly knownAt: string | null;
  readonly seq: number;
  /** True when nothing that the model has is later than the point: no correction is needed. */
  readonly isLatest: boolean;
}

/** `settledUntil` gives the instant up to which nothing more can be recorded; it is asked only when it matters. */
export interface PointClock {
  businessDate(): string;
  settledUntil(stand: GenerationStand): Promise<string>;
}

export async function choosePoint(
  request: PointRequest,
  cursor: Cursor | null,
  stand: GenerationStand,
  clock: PointClock,
): Promise<Point> {
  const asOf = cursor?.asOf ?? request.asOf ?? clock.businessDate();
  if (!isLocalDate(asOf)) throw new InvalidParameter('asOf', asOf, 'a date YYYY-MM-DD');
  const knownAt = cursor === null ? await chooseKnownAt(request.knownAt, stand, clock) : cursor.knownAt;
  const seq = cursor?.seq ?? stand.events;
  const isLatest = seq >= stand.events && (knownAt === null || knownAt >= (stand.recordedAt ?? ''));
  return { asOf, knownAt, seq, isLatest };
}

async function chooseKnownAt(
  text: string | undefined,
  stand: GenerationStand,
  clock: PointClock,
): Promise<string | null> {
  if (text === undefined) return null;
  const knownAt = parseInstant(text);
  if (knownAt === null)
    throw new InvalidParameter('knownAt', text, 'an instant as RFC 3339, e.g. 2026-03-02T09:15:00Z');
  if (isOfOnePosition(stand) && knownAt <= (stand.recordedAt ?? '')) return knownAt;
  const highWater = await clock.settledUntil(stand);
  if (knownAt > highWater) throw new KnownAtTooLate(knownAt, highWater);
  return knownAt;
}

/** SQL for "the point knows this row"; `recorded` and `seq` are column names. */
export function knows(point: Point, parameters: Parameters, recorded = 'recorded_at', seq = 'seq'): string {
  if (point.isLatest) return 'true';
  return `(${recorded} <= ${instantOf(point, parameters)} AND ${seq} <= ${parameters.add(point.seq)}::bigint)`;
}

/** SQL for "recorded after the point", which a summary index of both columns serves; not for a point that is the latest. */
export function isLater(point: Point, parameters: Parameters, recorded = 'recorded_at', seq = 'seq'): string {
  return `(${recorded} > ${instantOf(point, parameters)} OR ${seq} > ${parameters.add(point.seq)}::bigint)`;
}

export function instantOf(point: Point, parameters: Parameters): string {
  return `${parameters.add(point.knownAt ?? 'infinity')}::timestamptz`;
}
