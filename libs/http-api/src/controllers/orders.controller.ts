import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Answer, OrderCheck } from '@duestream/contracts';
import {
  CancelOrderDto,
  ChangeOrderDto,
  CheckOrderDto,
  CloseOrderDto,
  PlaceOrderDto,
  RejectOrderDto,
  ReleaseOrderDto,
  ShipOrderDto,
} from '../dto/orders.dto';
import { OrderCheckView } from '../dto/views';
import { CommandDoor } from '../edge/commands';
import { AskedRoute, CommandRoute, SentAs, type Sent } from '../edge/sent';

@ApiTags('orders')
@Controller('v1/accounts/:accountId')
export class OrderCommandsController {
  constructor(private readonly door: CommandDoor) {}

  @Post('orders')
  @CommandRoute('Place an order: it is approved, held or rejected', PlaceOrderDto)
  place(@SentAs(PlaceOrderDto) sent: Sent): Promise<Answer> {
    return this.door.record('order.placed.v1', sent);
  }

  @Post('orders/check')
  @HttpCode(200)
  @AskedRoute('The decision that an order would get. Nothing is written', CheckOrderDto)
  @ApiOkResponse({ type: OrderCheckView, description: 'the decision' })
  check(@SentAs(CheckOrderDto) sent: Sent): Promise<OrderCheck> {
    return this.door.check(sent);
  }

  @Post('orders/:orderId/change')
  @CommandRoute('Change an order; more value is decided again', ChangeOrderDto, ['orderId'])
  change(@SentAs(ChangeOrderDto) sent: Sent): Promise<Answer> {
    return this.door.record('order.changed.v1', sent);
  }

  @Post('orders/:orderId/cancel')
  @CommandRoute('Cancel what is not shipped yet', CancelOrderDto, ['orderId'])
  cancel(@SentAs(CancelOrderDto) sent: Sent): Promise<Answer> {
    return this.door.record('order.cancelled.v1', sent);
  }

  @Post('orders/:orderId/close')
  @CommandRoute('Close the order: every residue is dropped', CloseOrderDto, ['orderId'])
  close(@SentAs(CloseOrderDto) sent: Sent): Promise<Answer> {
    return this.door.record('order.closed.v1', sent);
  }

  @Post('orders/:orderId/shipments')
  @CommandRoute('Goods went out', ShipOrderDto, ['orderId'])
  ship(@SentAs(ShipOrderDto) sent: Sent): Promise<Answer> {
    return this.door.record('order.shipped.v1', sent);
  }

  @Post('orders/:orderId/release')
  @CommandRoute('Release a held order by hand', ReleaseOrderDto, ['orderId'])
  release(@SentAs(ReleaseOrderDto) sent: Sent): Promise<Answer> {
    return this.door.actByHand('order.release', sent);
  }

  @Post('orders/:orderId/reject')
  @CommandRoute('Reject a held order by hand', RejectOrderDto, ['orderId'])
  reject(@SentAs(RejectOrderDto) sent: Sent): Promise<Answer> {
    return this.door.actByHand('order.reject', sent);
  }
}
