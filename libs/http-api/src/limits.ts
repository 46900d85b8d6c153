/** A limit on everything that a client can make this server hold. `docs/limits.md` lists them all. */
export interface HttpLimits {
  /** Connections at once, of all clients; one more is closed as it comes. */
  readonly maxConnections: number;
  /** Requests at once of one client, which is one network address; one more is 429. */
  readonly maxRequestsPerClient: number;
  /** Within this time a request must have come whole; then it is 408 and its connection is closed. */
  readonly requestTimeoutMs: number;
  /** The same of its headers alone. */
  readonly headersTimeoutMs: number;
  /** How often the server looks for what is late. */
  readonly sweepEveryMs: number;
  /** A connection in the middle of an exchange on which nothing moves for so long is cut. */
  readonly stalledTimeoutMs: number;
  /** Request line and headers together; more is 431. */
  readonly maxHeaderBytes: number;
  /** 1 000 messages of a few kilobytes; more is 413. */
  readonly maxBatchBytes: number;
  /** One command: what its data may be at most, with room for escapes and blanks; more is 413. */
  readonly maxCommandBytes: number;
  /** Bytes of all bodies that are under way at once; what does not fit is 503. */
  readonly maxBodyBytesAtOnce: number;
}

const MEBIBYTE = 1_024 * 1_024;

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxConnections: 2_048,
  maxRequestsPerClient: 1_024,
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 10_000,
  sweepEveryMs: 1_000,
  stalledTimeoutMs: 120_000,
  maxHeaderBytes: 16 * 1_024,
  maxBatchBytes: 16 * MEBIBYTE,
  maxCommandBytes: 2 * MEBIBYTE,
  maxBodyBytesAtOnce: 256 * MEBIBYTE,
};
