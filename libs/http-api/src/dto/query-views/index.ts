export * from './account';
export * from './aging';
export * from './documents';
export * from './history';
export * from './risk';
export * from './worklists';
