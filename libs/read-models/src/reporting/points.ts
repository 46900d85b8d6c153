import { ViewParameters } from '../queries/parameters';
import type { Point } from '../queries/point';

const BUSINESS_DATE = 'business date';
const AS_OF = 'as_of';
const KNOWN_AT = 'known_at';

/** Everything that the model has, as of today. */
export const today: Point = { asOf: BUSINESS_DATE, knownAt: null, seq: Number.MAX_SAFE_INTEGER, isLatest: true };

/** The arguments of `reporting.aging`. */
export const asked: Point = { asOf: AS_OF, knownAt: KNOWN_AT, seq: Number.MAX_SAFE_INTEGER, isLatest: false };

export function viewParameters(): ViewParameters {
  return new ViewParameters(
    new Map<unknown, string>([
      [BUSINESS_DATE, 'reporting.business_date()'],
      [AS_OF, 'as_of'],
      [KNOWN_AT, `coalesce(known_at, 'infinity')`],
      ['infinity', `'infinity'`],
      [Number.MAX_SAFE_INTEGER, String(Number.MAX_SAFE_INTEGER)],
    ]),
  );
}
