import { ProcessorError } from './errors';

/** Worth sending again with the same id: what was written answers `duplicate` then. */
export function isPassing(error: unknown): error is ProcessorError {
  return error instanceof ProcessorError && error.code !== 'too-large' && error.code !== 'broken';
}
