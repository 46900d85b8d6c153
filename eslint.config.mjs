import tseslint from 'typescript-eslint';
import { beginWithAMember } from './scripts/lint/begin-with-a-member.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.duestream/', 'apps/console/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-restricted-globals': ['error', { name: 'parseFloat', message: 'Money and ratios are never floats.' }],
    },
  },
  {
    // The domain is pure: time and chance come in with the command.
    files: ['libs/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'fetch',
          'console',
          'crypto',
          'performance',
          'Buffer',
        ].map((name) => ({ name, message: 'libs/domain does no I/O and reads no clock.' })),
        { name: 'parseFloat', message: 'Money and ratios are never floats.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'A decision must give the same result again.' },
        { object: 'Date', property: 'now', message: 'The clock comes in with the command.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'The clock comes in with the command.',
        },
      ],
    },
  },
  {
    // What is made thousands of times a second.
    files: [
      'libs/{domain,contracts,application,event-store}/src/**/*.ts',
      'libs/event-feed/src/{direct,kafka/intake,kafka/relay,kafka/feed}/**/*.ts',
      'libs/http-api/src/edge/{commands,sender}.ts',
      'libs/read-models/src/{projection,rebuild,entities,risk}/**/*.ts',
    ],
    ignores: ['**/*.spec.ts', 'libs/*/src/testing/**', 'libs/contracts/src/**/schemas.ts'],
    plugins: { duestream: { rules: { 'begin-with-a-member': beginWithAMember } } },
    rules: { 'duestream/begin-with-a-member': 'error' },
  },
  {
    files: ['**/*.spec.ts', 'libs/*/src/testing/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
