// The one way that dependencies point: apps → http-api → hosting → application | read-models | audit → event-store | event-feed | contracts → domain.
// test/boundaries.unit.spec.ts plants a violation of each rule and shows that it fails.

/** What each lib may import besides itself. The adapters may use platform; nobody may import apps. */
const allowed = {
  domain: [],
  contracts: ['domain'],
  'event-store': ['contracts', 'domain', 'platform'],
  'event-feed': ['event-store', 'contracts', 'domain', 'platform'],
  'read-models': ['event-store', 'event-feed', 'contracts', 'domain', 'platform'],
  application: ['event-store', 'event-feed', 'contracts', 'domain'],
  audit: ['event-store', 'event-feed', 'contracts', 'domain'],
  // What processes are put together from, and the HTTP edge above it: no business rule is here.
  hosting: ['application', 'read-models', 'event-store', 'event-feed', 'contracts', 'domain', 'platform'],
  'http-api': [
    'hosting',
    'application',
    'read-models',
    'audit',
    'event-store',
    'event-feed',
    'contracts',
    'domain',
    'platform',
  ],
  platform: [],
};

const isTest = '[.]spec[.]ts$|^libs/[^/]+/src/testing/';

const onlyTheseLibs = Object.entries(allowed).map(([lib, others]) => ({
  name: `${lib}-imports-only-${others.length === 0 ? 'itself' : 'what-is-below'}`,
  severity: 'error',
  comment: `libs/${lib} may import ${[...others, 'itself'].join(', ')}.`,
  from: { path: `^libs/${lib}/`, pathNot: isTest },
  to: { path: '^libs/', pathNot: `^libs/(${[lib, ...others].join('|')})/` },
}));

// Tests may use the test servers of platform, in which libs above them have no part.
const testsOnlyTheseLibs = Object.entries(allowed).map(([lib, others]) => ({
  name: `${lib}-tests-import-only-what-is-below-and-platform`,
  severity: 'error',
  comment: `Tests of libs/${lib} may import ${[...others, 'platform'].join(', ')} and itself.`,
  from: { path: `^libs/${lib}/.*([.]spec[.]ts$|/testing/)` },
  to: { path: '^libs/', pathNot: `^libs/(${[lib, ...others, ...(lib === 'domain' ? [] : ['platform'])].join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Modules that need each other are one module, or lack a third.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      comment: 'Apps wire libs together; what is worth sharing belongs in a lib.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'programs-of-developers-stay-outside',
      severity: 'error',
      comment: 'What is under scripts/ and test/ is not part of what runs in production.',
      from: { path: '^(apps|libs)/' },
      to: { path: '^(scripts|test)/' },
    },
    {
      name: 'apps-are-independent',
      severity: 'error',
      comment:
        'Each app can be deployed alone. The standalone app is all of them in one process, and the CLI starts it.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(standalone|cli)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'No Node built-ins and no packages in libs/domain; its tests may use fast-check.',
      from: { path: '^libs/domain/', pathNot: '[.]spec[.]ts$|/testing/' },
      to: {
        dependencyTypes: [
          'core',
          'npm',
          'npm-dev',
          'npm-optional',
          'npm-peer',
          'npm-bundled',
          'npm-no-pkg',
          'npm-unknown',
        ],
      },
    },
    {
      name: 'domain-tests-use-only-fast-check',
      severity: 'error',
      comment: 'And a real hash, which production code passes in from above.',
      from: { path: '^libs/domain/.*([.]spec[.]ts$|/testing/)' },
      to: {
        dependencyTypes: [
          'core',
          'npm',
          'npm-dev',
          'npm-optional',
          'npm-peer',
          'npm-bundled',
          'npm-no-pkg',
          'npm-unknown',
        ],
        pathNot: 'node_modules/fast-check/|^crypto$',
      },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'Another lib is its index (or its testing index, for tests); the rest is its own business.',
      from: { path: '^(apps/[^/]+|libs/[^/]+|test|scripts)/' },
      to: { path: '^libs/[^/]+/.', pathNot: '^libs/[^/]+/src/(index|testing/index)[.]ts$|^$1/' },
    },
    {
      name: 'testing-only-from-tests',
      severity: 'error',
      comment:
        'Test servers are not synced to disk; nothing that runs in production may reach them. Programs under scripts/ run on the machines of developers.',
      from: { pathNot: `${isTest}|^(test|scripts)/` },
      to: { path: '^libs/[^/]+/src/testing/' },
    },
    {
      name: 'no-dev-dependencies-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...onlyTheseLibs,
    ...testsOnlyTheseLibs,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|apps/console)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
