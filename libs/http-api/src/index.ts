export { CommandsModule, type CommandParts } from './commands.module';
export { PlaceOrderDto } from './dto/orders.dto';
export { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits';
export { QueriesModule, type QueryParts } from './queries.module';
export { serveHttp, type Served } from './serve-http';
