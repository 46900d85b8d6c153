export { PlaceOrderDto } from './dto/orders.dto';
export { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits';
export { startHttp, type HttpParts } from './start-http';
