export * from './port';
export { DIRECT_PARTITION, directFeed, type DirectFeedOptions } from './direct/direct-feed';
