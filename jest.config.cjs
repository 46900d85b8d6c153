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
];

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
  ],
  testTimeout: 60_000,
};
