import { KafkaNotUsable } from '@duestream/event-feed';
import {
  ConfigError,
  createLogger,
  DataFolderInUseError,
  EmbeddedPostgresError,
  interruption,
  STOPPING,
  tuneRuntime,
} from '@duestream/platform';
import { StartError } from './start-error';
import type { Running } from './start-process';

/** A process from its start to SIGINT or SIGTERM. Exit code 2: could not start. */
export async function runMain(
  start: (env: NodeJS.ProcessEnv) => Promise<Running>,
  greet: (url: string) => string,
): Promise<void> {
  tuneRuntime();
  try {
    const { happened } = interruption();
    const running = await start(process.env);
    console.log(greet(running.url));
    console.log(running.notice);
    await happened;
    console.log(STOPPING);
    await running.close();
  } catch (error) {
    if (isExpected(error)) console.error(error.message);
    else createLogger({ level: 'error' }).fatal({ err: error }, 'the server could not start');
    process.exitCode = 2;
  }
}

function isExpected(error: unknown): error is Error {
  return [ConfigError, DataFolderInUseError, EmbeddedPostgresError, KafkaNotUsable, StartError].some(
    (kind) => error instanceof kind,
  );
}
