// Projects by file name. The integration and end-to-end ones share a single embedded PostgreSQL.
const { compilerOptions } = require('./tsconfig.json');

const aliases = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file}`]),
);

// Published as ES modules only; Jest cannot require those on Node 20 and 22.
const esModulePackages = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'httpxy',
];

/** End-to-end tests that the roles are not asked to pass. */
const standaloneOnly = [
  'roles', // Starts two roles itself, without a broker.
  'eventstoredb', // Compares two standalone servers that share a clock.
  'shutdown-and-overload', // Makes the queue short; what is in flight when a role stops is a matter of roles.kafka.spec.ts.
  'two-servers', // Starts several on one database, with clocks, ports and time zones of their own.
];

/** Those that a store of events could make a difference to, over HTTP and the command line, the real input among them. */
const onEventStoreDb = ['messages', 'public-events', 'queries', 'csv-changes', 'rebuild-differs', 'real-input'];

const project = (kind) => ({
  displayName: kind,
  rootDir: __dirname,
  roots: ['libs', 'apps', 'test'].map((folder) => `<rootDir>/${folder}`),
  testMatch: [`**/*.${kind}.spec.ts`],
  testEnvironment: 'node',
  moduleNameMapper: aliases,
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/apps/console'],
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest', { swcrc: true, sourceMaps: 'inline' }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulePackages.join('|')})/)`],
  setupFiles: ['reflect-metadata'],
});

const withPostgres = {
  globalSetup: '<rootDir>/libs/platform/src/testing/jest-global-setup.ts',
  globalTeardown: '<rootDir>/libs/platform/src/testing/jest-global-teardown.ts',
};

// Apart from the others, so that a run that needs no broker starts none.
const withKafka = {
  globalSetup: '<rootDir>/libs/platform/src/testing/jest-kafka-setup.ts',
  globalTeardown: '<rootDir>/libs/platform/src/testing/jest-kafka-teardown.ts',
};

module.exports = {
  projects: [
    project('unit'),
    { ...project('int'), ...withPostgres },
    { ...project('e2e'), ...withPostgres },
    { ...project('kafka'), ...withKafka },
    {
      ...project('e2e-cluster'),
      ...withKafka,
      roots: ['<rootDir>/test/e2e'],
      testMatch: ['**/*.{e2e,e2e-cluster}.spec.ts'],
      testPathIgnorePatterns: standaloneOnly.map((name) => `/${name}[.]e2e[.]spec[.]ts$`),
      setupFilesAfterEnv: ['<rootDir>/test/e2e/support/cluster.setup.ts'],
    },
    {
      ...project('e2e-cluster-eventstoredb'),
      ...withKafka,
      roots: ['<rootDir>/test/e2e'],
      testMatch: [`**/{${onEventStoreDb.join(',')}}.e2e.spec.ts`, '**/one-address.e2e-cluster.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/e2e/support/cluster-eventstoredb.setup.ts'],
    },
  ],
  testTimeout: 60_000,
};
