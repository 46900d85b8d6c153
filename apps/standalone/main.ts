import 'reflect-metadata';
import {
  ConfigError,
  createLogger,
  DataFolderInUseError,
  EmbeddedPostgresError,
  loadConfig,
  tuneRuntime,
} from '@duestream/platform';
import { KafkaNotUsable } from '@duestream/event-feed';
import { StartError } from '@duestream/hosting';
import { startStandalone } from './src/standalone';

/** `npm start`: one process until SIGINT or SIGTERM. Exit code 2: could not start. */
async function main(): Promise<void> {
  tuneRuntime();
  const config = loadConfig(process.env);
  const stopping = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const server = await startStandalone(config, { projectorThread: true });
  console.log(`Duestream answers at ${server.url} (docs at ${server.url}/docs); Ctrl-C stops it.`);
  console.log('There is no authentication yet, so only this machine can reach it.');
  await stopping;
  await server.close();
}

main().catch((error: unknown) => {
  if (isExpected(error)) console.error(error.message);
  else createLogger({ level: 'error' }).fatal({ err: error }, 'the server could not start');
  process.exitCode = 2;
});

function isExpected(error: unknown): error is Error {
  return [ConfigError, DataFolderInUseError, EmbeddedPostgresError, KafkaNotUsable, StartError].some(
    (kind) => error instanceof kind,
  );
}
