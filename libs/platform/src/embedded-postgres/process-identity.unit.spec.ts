import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAlive } from './process-identity';

it('takes this process for alive, and one that never was for gone', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(2 ** 30)).toBe(false);
});

(process.platform === 'linux' ? it : it.skip)('takes a process that only waits to be collected for gone', async () => {
  // The shell becomes a sleep, which never collects the child that the shell had started.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await new Promise((next) => setImmediate(next));
  expect(isAlive(pid)).toBe(false);
  parent.kill();
  await once(parent, 'exit');
});
