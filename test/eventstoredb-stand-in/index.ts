export type { Fault } from './faults';
export { StandInLog } from './log';
export { Node as StandInNode } from './node';
export type { NodeOptions } from './node';
