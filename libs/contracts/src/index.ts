export * from './canonical-json';
export * from './http';
export * from './inbound/parse';
export { inboundTypes } from './inbound/schemas';
export * from './outbound/public-event';
export { publicEventProblem } from './outbound/validate';
export { schemaFiles } from './schema/files';
export { problem, type Problem } from './schema/problem';
