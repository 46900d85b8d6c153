import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

/** Answers of a server that does not do what it is asked, by what it says. */
export type Refusal =
  | { readonly says: 'access-denied' }
  | { readonly says: 'unauthenticated' }
  | { readonly says: 'not-leader'; readonly host: string; readonly port: number }
  | { readonly says: 'not-ready' }
  | { readonly says: 'timeout' }
  | { readonly says: 'too-slow' }
  | { readonly says: 'too-large'; readonly limitBytes: number }
  | { readonly says: 'stream-deleted'; readonly streamId: string }
  | {
      readonly says: 'wrong-version';
      readonly streamId: string;
      readonly expected: bigint;
      readonly actual: bigint | null;
    }
  | { readonly says: 'bad-request' };

/**
 * The status and trailers of a refusal. Codes and trailer names: `RpcExceptions.cs` of the server, as far as the client
 * reads them (`utils/CommandError.js`).
 */
export function refusalError(refusal: Refusal): ServiceError {
  switch (refusal.says) {
    case 'access-denied':
      return serviceError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
    case 'unauthenticated':
      return serviceError(status.UNAUTHENTICATED, 'Unauthenticated', {});
    case 'not-leader': {
      const { host, port } = refusal;
      const trailers = { exception: 'not-leader', 'leader-endpoint-host': host, 'leader-endpoint-port': String(port) };
      return serviceError(status.NOT_FOUND, 'Leader info available', trailers);
    }
    case 'not-ready':
      return serviceError(status.UNAVAILABLE, 'Server Is Not Ready', {});
    case 'timeout':
      return serviceError(status.ABORTED, 'Operation timed out', {});
    case 'too-slow':
      return serviceError(
        status.ABORTED,
        'Consumer too slow to handle event while live. Client resubscription required.',
        {},
      );
    case 'too-large': {
      const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(refusal.limitBytes) };
      return serviceError(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', trailers);
    }
    case 'stream-deleted': {
      const trailers = { exception: 'stream-deleted', 'stream-name': encodeURIComponent(refusal.streamId) };
      return serviceError(status.FAILED_PRECONDITION, `Event stream is deleted.`, trailers);
    }
    case 'wrong-version': {
      const { streamId, expected, actual } = refusal;
      const trailers = {
        exception: 'wrong-expected-version',
        'stream-name': encodeURIComponent(streamId),
        'expected-version': String(expected),
        ...(actual === null ? {} : { 'actual-version': String(actual) }),
      };
      return serviceError(status.FAILED_PRECONDITION, 'Append failed due to WrongExpectedVersion.', trailers);
    }
    case 'bad-request':
      return serviceError(status.INVALID_ARGUMENT, 'BadRequest', {});
    default:
      return refusal satisfies never;
  }
}

function serviceError(code: status, details: string, trailers: Readonly<Record<string, string>>): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}
