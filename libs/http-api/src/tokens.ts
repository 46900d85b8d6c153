/** What Nest hands to controllers that is an interface, or comes from outside of Nest. */
export const EVENT_STORE = Symbol('event store');
export const HEALTH_CHECKS = Symbol('health checks');
