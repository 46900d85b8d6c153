import 'reflect-metadata';
import { Body, Controller, Module, Param, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PlaceOrderDto } from '@duestream/http-api';

/** What an ordinary Nest application does with an order before it does anything: parse, validate by class, answer. */
@Controller('v1/accounts/:accountId')
class OrdersController {
  @Post('orders')
  place(@Param('accountId') accountId: string, @Body() order: PlaceOrderDto): object {
    return { ...ANSWER, id: order.orderId, accountId };
  }
}

@Module({ controllers: [OrdersController] })
class BareModule {}

/** As large as the answer to an approved order. */
const ANSWER = {
  status: 'accepted',
  accountRevision: 17,
  position: '1-123456-2',
  decision: {
    outcome: 'approved',
    reasons: [],
    rules: ['account.blocked', 'limit.not-set', 'limit.not-valid', 'limit.static', 'fx.rate-missing'].map((rule) => ({
      rule,
      verdict: 'pass',
      observed: '267.57',
      threshold: '90000000000.00',
    })),
    exposureBefore: { amount: '99.19', currency: 'EUR' },
    limit: { amount: '90000000000.00', currency: 'EUR' },
    available: { amount: '89999999900.81', currency: 'EUR' },
    policyVersion: 'default@1',
    businessDate: '2026-03-02',
    enforcement: 'enforce',
  },
  orderStatus: 'approved',
};

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  console.log(`answers at ${url.replace('[::1]', '127.0.0.1')}`);
  process.once('SIGTERM', () => void app.close());
}

void main();
