export * from './account';
export * from './control';
export * from './document';
export * from './money-movement';
export * from './order';
