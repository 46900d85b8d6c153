import { Controller, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '@duestream/contracts';
import { BlockAccountDto, PutAccountDto, SetLimitDto, UnblockAccountDto } from '../dto/accounts.dto';
import { CommandDoor } from '../edge/commands';
import { CommandRoute, SentAs, type Sent } from '../edge/sent';

@ApiTags('accounts')
@Controller('v1/accounts/:accountId')
export class AccountCommandsController {
  constructor(private readonly door: CommandDoor) {}

  @Put()
  @CommandRoute('Open the account, or change the fields that differ', PutAccountDto)
  put(@SentAs(PutAccountDto) sent: Sent): Promise<Answer> {
    return this.door.actByHand('account.put', sent);
  }

  @Put('limit')
  @CommandRoute('Set the credit limit, for a period or for good', SetLimitDto)
  setLimit(@SentAs(SetLimitDto) sent: Sent): Promise<Answer> {
    return this.door.record('limit.set.v1', sent);
  }

  @Post('block')
  @CommandRoute('Block the account: new orders are rejected', BlockAccountDto)
  block(@SentAs(BlockAccountDto) sent: Sent): Promise<Answer> {
    return this.door.record('account.blocked.v1', sent);
  }

  @Post('unblock')
  @CommandRoute('End the block', UnblockAccountDto)
  unblock(@SentAs(UnblockAccountDto) sent: Sent): Promise<Answer> {
    return this.door.record('account.unblocked.v1', sent);
  }
}
