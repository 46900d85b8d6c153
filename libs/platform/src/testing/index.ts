export { createTestDatabase, useTestDatabase } from './test-database';
export type { TestDatabase } from './test-database';
export { startTestPostgres } from './test-postgres';
export type { TestPostgres } from './test-postgres';
