export type EmbeddedPostgresErrorCode =
  | 'embedded-postgres.unsupported-platform'
  | 'embedded-postgres.data-folder-in-use'
  | 'embedded-postgres.data-folder-unusable'
  | 'embedded-postgres.initialisation-failed'
  | 'embedded-postgres.start-failed';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Raised when another live process owns the data folder; `pid` names it. */
export class DataFolderInUseError extends EmbeddedPostgresError {
  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(
      'embedded-postgres.data-folder-in-use',
      `The data folder ${dataDir} is in use by the running Duestream process ${pid}. ` +
        `Stop that process first, or give this one another folder with DUESTREAM_DATA_DIR.`,
    );
  }
}
