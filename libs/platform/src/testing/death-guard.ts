import { spawn, type ChildProcess } from 'node:child_process';

export interface DeathGuard {
  /** The work was cleaned up in the ordinary way: the guard goes without doing anything. */
  dismiss(): void;
}

/**
 * When this process dies in any way, stops the PostgreSQL servers and Kafka brokers whose data lies below the folder and
 * removes it. A shell waits for the end of its input, which comes when we are gone, even by SIGKILL.
 */
export function guardAgainstDeath(folder: string): DeathGuard {
  const script = `
    cat > /dev/null
    find "$1" -name postmaster.pid 2> /dev/null | while read -r file; do
      pid=$(head -n 1 "$file") && kill -QUIT "$pid"
      while kill -0 "$pid"; do sleep 0.1; done
    done 2> /dev/null
    find "$1" -name broker.pid 2> /dev/null | while read -r file; do
      pid=$(head -n 1 "$file") && kill -KILL "$pid"
      while kill -0 "$pid"; do sleep 0.1; done
    done 2> /dev/null
    rm -rf "$1"`;
  const guard = spawn('/bin/sh', ['-c', script, 'duestream-test-guard', folder], {
    // Out of reach of the terminal's Ctrl-C.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', (error) => console.error(`no guard for the test servers: ${error.message}`));
  guard.unref();
  return { dismiss: () => guard.kill('SIGKILL') };
}

/** Kills a process when this one dies in any way. Who ends it otherwise kills the guard. */
export function endWithUs(child: ChildProcess): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'cat > /dev/null; kill -KILL "$1"', 'guard', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}
