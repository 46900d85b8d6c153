import { MAX_PAGE } from './port';

/** Throws `RangeError` for a limit that no correct caller asks for. */
export function assertPage(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new RangeError(`a read gives 1 to ${MAX_PAGE} events, not ${limit}`);
  }
}
