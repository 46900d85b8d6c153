import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '..');
const libs = [
  'domain',
  'contracts',
  'event-store',
  'event-feed',
  'read-models',
  'application',
  'audit',
  'hosting',
  'http-api',
  'platform',
];

/** Each planted file breaks one rule; nothing else in the planted tree does. */
const planted: readonly { file: string; code: string; rule: string }[] = [
  ...['contracts', 'event-store', 'event-feed', 'read-models', 'application', 'audit', 'platform'].map((lib) =>
    upward('domain', lib, 'domain-imports-only-itself'),
  ),
  ...['event-store', 'event-feed', 'read-models', 'application', 'audit', 'platform'].map((lib) =>
    upward('contracts', lib, 'contracts-imports-only-what-is-below'),
  ),
  ...['event-feed', 'read-models', 'application', 'audit'].map((lib) =>
    upward('event-store', lib, 'event-store-imports-only-what-is-below'),
  ),
  ...['read-models', 'application', 'audit'].map((lib) =>
    upward('event-feed', lib, 'event-feed-imports-only-what-is-below'),
  ),
  ...['application', 'audit'].map((lib) => upward('read-models', lib, 'read-models-imports-only-what-is-below')),
  ...['read-models', 'audit', 'platform'].map((lib) =>
    upward('application', lib, 'application-imports-only-what-is-below'),
  ),
  ...['read-models', 'application', 'platform'].map((lib) => upward('audit', lib, 'audit-imports-only-what-is-below')),
  ...['domain', 'application'].map((lib) => upward('platform', lib, 'platform-imports-only-itself')),
  ...['domain', 'contracts', 'event-store', 'event-feed', 'read-models', 'application', 'audit', 'platform'].flatMap(
    (lib) =>
      ['hosting', 'http-api'].map((above) =>
        upward(lib, above, `${lib}-imports-only-${['domain', 'platform'].includes(lib) ? 'itself' : 'what-is-below'}`),
      ),
  ),
  ...['audit', 'http-api'].map((lib) => upward('hosting', lib, 'hosting-imports-only-what-is-below')),
  plant('libs/domain/src/node-core.ts', `import 'node:fs';`, 'domain-is-pure'),
  plant('libs/domain/src/package.ts', `import 'rxjs';`, 'domain-is-pure'),
  plant('libs/domain/src/fast-check.ts', `import 'fast-check';`, 'domain-is-pure'),
  plant('libs/domain/src/node-core.unit.spec.ts', `import 'node:fs';`, 'domain-tests-use-only-fast-check'),
  plant(
    'libs/contracts/src/upward.unit.spec.ts',
    `import '@duestream/application';`,
    'contracts-tests-import-only-what-is-below-and-platform',
  ),
  plant('libs/application/src/app.ts', `import '../../../apps/api/main';`, 'nobody-imports-apps'),
  plant('apps/relay/script.ts', `import '../../scripts/program';`, 'programs-of-developers-stay-outside'),
  plant('scripts/deep.ts', `import '../libs/domain/src/inner';`, 'no-deep-imports'),
  plant('apps/relay/other.ts', `import '../api/main';`, 'apps-are-independent'),
  plant('libs/application/src/deep.ts', `import '../../event-store/src/inner';`, 'no-deep-imports'),
  plant('apps/api/deep.ts', `import '../../libs/application/src/inner';`, 'no-deep-imports'),
  plant('test/deep.ts', `import '../libs/domain/src/inner';`, 'no-deep-imports'),
  plant('libs/event-store/src/volatile.ts', `import '@duestream/platform/testing';`, 'testing-only-from-tests'),
  plant('libs/read-models/src/cycle-a.ts', `import './cycle-b';`, 'no-cycles'),
  plant('libs/contracts/src/dev.ts', `import 'fast-check';`, 'no-dev-dependencies-in-production'),
  plant('libs/contracts/src/gone.ts', `import './nowhere';`, 'nothing-unresolvable'),
];

/** Files without which the planted ones would not resolve, and uses of the rules' exceptions. */
const innocent: readonly [file: string, code: string][] = [
  ...libs.flatMap((lib): [string, string][] => [
    [`libs/${lib}/src/index.ts`, 'export {};'],
    [`libs/${lib}/src/inner.ts`, 'export {};'],
  ]),
  ['libs/platform/src/testing/index.ts', 'export {};'],
  ['libs/domain/src/money.unit.spec.ts', `import 'fast-check'; import './inner';`],
  ['libs/event-store/src/store.int.spec.ts', `import '@duestream/platform/testing';`],
  ['libs/application/src/right.ts', `import '@duestream/event-store'; import '@duestream/domain'; import 'rxjs';`],
  ['libs/read-models/src/right.ts', `import '@duestream/event-feed'; import '@duestream/platform'; import './inner';`],
  ['libs/read-models/src/cycle-b.ts', 'export {};'],
  ['libs/http-api/src/right.ts', `import '@duestream/hosting'; import '@duestream/audit';`],
  ['apps/api/main.ts', `import '@duestream/http-api'; import '@duestream/application'; import '@duestream/platform';`],
  ['test/right.e2e.spec.ts', `import '@duestream/domain';`],
  ['apps/standalone/main.ts', `import '../api/main';`],
  ['scripts/program.ts', `import '@duestream/platform/testing';`],
];

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

let tree = '';

beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'duestream-boundaries-'));
  for (const name of ['node_modules', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
    await symlink(path.join(root, name), path.join(tree, name));
  }
  for (const [file, code] of innocent) await write(file, code);
});

afterAll(() => rm(tree, { recursive: true, force: true }));

test('allows what the layout allows, and fails on each forbidden direction', async () => {
  expect(await violations()).toEqual([]);

  for (const { file, code } of planted) await write(file, code);
  await write('libs/read-models/src/cycle-b.ts', `import './cycle-a';`);

  const found = await violations();
  const missing = planted.filter(({ file, rule }) => !found.includes(`${rule}: ${file}`));
  expect(missing).toEqual([]);
  const expected = planted.map(({ file, rule }) => `${rule}: ${file}`);
  expect(found.filter((violation) => !expected.includes(violation))).toEqual([
    // Forbidden twice: not pure, and only there for tests.
    'no-dev-dependencies-in-production: libs/domain/src/fast-check.ts',
  ]);
});

function plant(file: string, code: string, rule: string) {
  return { file, code, rule };
}

function upward(from: string, to: string, rule: string) {
  return plant(`libs/${from}/src/upward-${to}.ts`, `import '@duestream/${to}';`, rule);
}

async function write(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
  await writeFile(path.join(tree, file), `${code}\nexport {};\n`);
}

async function violations(): Promise<string[]> {
  const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', '--output-to', 'report.json'];
  // The exit code is the number of violations, so only the report tells whether the run itself went well.
  const complaint = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [bin, 'apps', 'libs', 'test', 'scripts', ...options],
      { cwd: tree },
      (_error, _stdout, stderr) => resolve(stderr),
    );
  });
  const text = await readFile(path.join(tree, 'report.json'), 'utf8').catch(() => Promise.reject(new Error(complaint)));
  const report = JSON.parse(text) as Report;
  return report.summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
}
