import { tuneRuntime } from '@duestream/platform';
import { runProgram } from './src/program';

// `start` and `demo` decide in this process.
tuneRuntime();

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `duestream … | head` closes the pipe: the reader has what it wanted.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runProgram(process.argv.slice(2), { out: process.stdout, err: process.stderr }, process.env).then((code) => {
  process.exitCode = code;
});
