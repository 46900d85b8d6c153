import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where a server that runs on a data folder can be reached: `server.json` in it. */
export async function writeServerFile(dataDir: string, url: string): Promise<() => Promise<void>> {
  const folder = path.resolve(dataDir);
  const file = path.join(folder, 'server.json');
  await mkdir(folder, { recursive: true });
  // Whole or not at all: others read it at any moment.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ pid: process.pid, url })}\n`);
  await rename(draft, file);
  return () => removeOwn(file, url);
}

/** Another server on the same external database may have written its own since. */
async function removeOwn(file: string, url: string): Promise<void> {
  const content = await readFile(file, 'utf8').catch(() => '');
  if (content === `${JSON.stringify({ pid: process.pid, url })}\n`) await rm(file, { force: true });
}
