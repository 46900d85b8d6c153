// Puts each program into one file with the packages that it uses: loading two thousand files would be most of a start.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Clients of engines that most servers do not have; each is loaded by who uses it. */
const LOADED_ON_DEMAND = ['@eventstore/db-client', 'kafkajs'];
/** Here, because a module may have a `process` or a `require` of its own. */
const BANNER = `const BUNDLED_FROM = __dirname.slice(0, __dirname.lastIndexOf('dist'));
const BUNDLED_PATH = require('node:path'), BUNDLED_URL = require('node:url');`;
const PLACES = /\b(?:__dirname|__filename|import\.meta\.url)\b/;

/**
 * Bundles `programs` (sources, by their paths below `root`) to where their compiled files would be. `compile` gives the
 * JavaScript of one source; the modules that it imports must be in dist already.
 */
export async function bundle(root, programs, compile) {
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((program) => ({ in: program, out: program.replace(/\.ts$/, '') })),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    banner: { js: BANNER },
    plugins: [programsThemselves(root, compile), packages(), places(root)],
  });
}

function programsThemselves(root, compile) {
  return {
    name: 'programs',
    setup({ onLoad }) {
      onLoad({ filter: /main\.ts$/ }, async ({ path: file }) => {
        const source = path.relative(root, file);
        const resolveDir = path.join(root, 'dist', path.dirname(source));
        return { contents: await compile(source), resolveDir, loader: 'js' };
      });
    },
  };
}

/** What is not installed, or loaded on demand only, stays a `require`: whoever needs it gets it, or Node's own error. */
function packages() {
  const asking = Symbol('asking');
  return {
    name: 'packages',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./]/ }, async ({ path: name, pluginData, ...from }) => {
        if (pluginData === asking || from.kind === 'entry-point') return undefined;
        if (LOADED_ON_DEMAND.some((one) => name === one || name.startsWith(`${one}/`)))
          return { path: name, external: true };
        const { resolveDir, importer, kind } = from;
        const { errors } = await resolve(name, { resolveDir, importer, kind, pluginData: asking });
        return errors.length > 0 ? { path: name, external: true } : undefined;
      });
    },
  };
}

/** A module that asks where it is gets the place of its own file, not the bundle's: what it looks for is there. */
function places(root) {
  return {
    name: 'places',
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?js$/ }, async ({ path: file }) => {
        const contents = await readFile(file, 'utf8');
        if (!PLACES.test(contents)) return undefined;
        const own = `BUNDLED_PATH.join(BUNDLED_FROM, ${JSON.stringify(path.relative(root, file))})`;
        const isModule = contents.includes('import.meta.url');
        const placed = isModule
          ? contents.replaceAll('import.meta.url', `BUNDLED_URL.pathToFileURL(${own}).href`)
          : `var __filename = ${own}, __dirname = BUNDLED_PATH.dirname(__filename);${contents}`;
        return { contents: placed, loader: 'js' };
      });
    },
  };
}
