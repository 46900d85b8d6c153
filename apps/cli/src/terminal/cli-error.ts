export const EXIT_DONE = 0;
/** Some rows were refused, or a check found something. */
export const EXIT_REFUSED = 1;
export const EXIT_COULD_NOT_RUN = 2;

/** The command could not run. The message is for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
