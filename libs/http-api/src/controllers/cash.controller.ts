import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '@duestream/contracts';
import { ApplyCashDto, ReceivePaymentDto, RefundPaymentDto, ReversePaymentDto, UnapplyCashDto } from '../dto/cash.dto';
import { CommandDoor } from '../edge/commands';
import { CommandRoute, SentAs, type Sent } from '../edge/sent';

@ApiTags('cash')
@Controller('v1/accounts/:accountId')
export class CashCommandsController {
  constructor(private readonly door: CommandDoor) {}

  @Post('payments')
  @CommandRoute('Money came in', ReceivePaymentDto)
  receive(@SentAs(ReceivePaymentDto) sent: Sent): Promise<Answer> {
    return this.door.record('payment.received.v1', sent);
  }

  @Post('payments/:paymentId/reverse')
  @CommandRoute('A payment bounced or was charged back', ReversePaymentDto, ['paymentId'])
  reverse(@SentAs(ReversePaymentDto) sent: Sent): Promise<Answer> {
    return this.door.record('payment.reversed.v1', sent);
  }

  @Post('payments/:paymentId/refund')
  @CommandRoute('Money went back', RefundPaymentDto, ['paymentId'])
  refund(@SentAs(RefundPaymentDto) sent: Sent): Promise<Answer> {
    return this.door.record('payment.refunded.v1', sent);
  }

  @Post('applications')
  @CommandRoute('Apply a payment or a credit note to an invoice', ApplyCashDto)
  apply(@SentAs(ApplyCashDto) sent: Sent): Promise<Answer> {
    return this.door.record('cash.applied.v1', sent);
  }

  @Post('applications/:applicationId/unapply')
  @CommandRoute('End an application', UnapplyCashDto, ['applicationId'])
  unapply(@SentAs(UnapplyCashDto) sent: Sent): Promise<Answer> {
    return this.door.record('cash.unapplied.v1', sent);
  }
}
