// Compiles apps/ and libs/ to dist/ with the compiler that the tests use too (.swcrc), rewrites `@duestream/*` to
// relative paths, and bundles what is started. Types are not checked here: `npm run types` does that.
import { transformFile } from '@swc/core';
import { rmSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
// Further folders by argument: the benchmark and the chaos runs are built only when they are asked for.
const sourceRoots = ['apps', 'libs', ...process.argv.slice(2)];
const skippedFolders = new Set(['node_modules', 'dist', 'console']);
/** Started as a process or a thread of Duestream: one file each. */
const bundled = /^(apps\/[^/]+\/|libs\/.*\.)main\.ts$/;
const skippedFile = /(\.spec|\.d)\.ts$|\.md$|(^|\/)\./;

await takeTurn();
const aliases = await readAliases();
const stampFile = path.join(dist, '.build-stamp');
const stamp = await describeToolchain();
if ((await readIfThere(stampFile)) !== stamp) await rm(dist, { recursive: true, force: true });

const sources = (await Promise.all(sourceRoots.map((folder) => listFiles(folder)))).flat();
const outputs = new Set(sources.map(outputOf));
await removeOrphans();
const stale = await selectStale(sources);
const programs = sources.filter((source) => bundled.test(source));
await inParallel(
  stale.filter((source) => !bundled.test(source)),
  build,
);
if (stale.length > 0) await bundle(root, programs, async (source) => (await compile(source)).code);
await mkdir(dist, { recursive: true });
await writeFile(stampFile, stamp);
console.error(`build: ${stale.length} of ${sources.length} files`);

/** One build at a time: tests that need the compiled server may start it at the same moment. */
async function takeTurn() {
  const folder = path.join(root, 'node_modules/.cache');
  const lock = path.join(folder, 'duestream-build.lock');
  await mkdir(folder, { recursive: true });
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      process.once('exit', () => rmSync(lock, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isRunning(Number(await readIfThere(lock)))) await rm(lock, { force: true });
      else await delay(50);
    }
  }
}

/** A lock without a number is being written. */
function isRunning(pid) {
  if (!(pid > 0)) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function build(source) {
  const from = path.join(root, source);
  const to = path.join(dist, outputOf(source));
  await mkdir(path.dirname(to), { recursive: true });
  if (!source.endsWith('.ts')) return copyFile(from, to);
  const { code, map } = await compile(source);
  await writeFile(`${to}.map`, map ?? '');
  await writeFile(to, `${code}//# sourceMappingURL=${path.basename(to)}.map\n`);
}

function compile(source) {
  return transformFile(path.join(root, source), {
    cwd: root,
    configFile: path.join(root, '.swcrc'),
    jsc: { baseUrl: root, paths: aliases },
  });
}

function outputOf(source) {
  return source.replace(/\.ts$/, '.js');
}

async function listFiles(folder) {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : listFiles(name);
    return skippedFile.test(name) ? [] : [name];
  });
  return (await Promise.all(nested)).flat();
}

async function selectStale(files) {
  const checked = await Promise.all(
    files.map(async (file) => {
      const [source, output] = await Promise.all([
        stat(path.join(root, file)),
        stat(path.join(dist, outputOf(file))).catch(() => undefined),
      ]);
      return output !== undefined && output.mtimeMs > source.mtimeMs ? [] : [file];
    }),
  );
  return checked.flat();
}

async function removeOrphans() {
  const built = await readdir(dist, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of built) {
    if (!entry.isFile()) continue;
    const file = path.relative(dist, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    const origin = file.replace(/\.js\.map$/, '.js');
    if (sourceRoots.includes(origin.split('/')[0]) && !outputs.has(origin)) await rm(path.join(dist, file));
  }
}

async function inParallel(items, work) {
  const queue = items.values();
  const workers = Array.from({ length: availableParallelism() * 4 }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(workers);
}

async function readAliases() {
  const { compilerOptions } = JSON.parse(await readFile(path.join(root, 'tsconfig.json'), 'utf8'));
  return compilerOptions.paths;
}

async function describeToolchain() {
  const { version } = createRequire(import.meta.url)('@swc/core/package.json');
  const files = ['.swcrc', 'tsconfig.json', 'scripts/build.mjs', 'scripts/bundle.mjs'];
  const contents = await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8')));
  return [version, ...contents].join('\n');
}

async function readIfThere(file) {
  return readFile(file, 'utf8').catch(() => undefined);
}
