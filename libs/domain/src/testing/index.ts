export { steps, type Step } from './arbitrary-commands';
export { TestAccount } from './test-account';
export { orderStatus } from '../account/order/order';
