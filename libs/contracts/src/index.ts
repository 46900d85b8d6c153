export * from './canonical-json';
export * from './http';
export * from './outbound/public-event';
