import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '@duestream/contracts';
import {
  IssueCreditNoteDto,
  IssueInvoiceDto,
  OpenDisputeDto,
  ResolveDisputeDto,
  WriteOffDto,
} from '../dto/documents.dto';
import { CommandDoor } from '../edge/commands';
import { CommandRoute, SentAs, type Sent } from '../edge/sent';

@ApiTags('documents')
@Controller('v1/accounts/:accountId')
export class DocumentCommandsController {
  constructor(private readonly door: CommandDoor) {}

  @Post('invoices')
  @CommandRoute('An invoice was issued', IssueInvoiceDto)
  issueInvoice(@SentAs(IssueInvoiceDto) sent: Sent): Promise<Answer> {
    return this.door.record('invoice.issued.v1', sent);
  }

  @Post('credit-notes')
  @CommandRoute('A credit note was issued', IssueCreditNoteDto)
  issueCreditNote(@SentAs(IssueCreditNoteDto) sent: Sent): Promise<Answer> {
    return this.door.record('credit-note.issued.v1', sent);
  }

  @Post('disputes')
  @CommandRoute('The customer disputes an invoice', OpenDisputeDto)
  openDispute(@SentAs(OpenDisputeDto) sent: Sent): Promise<Answer> {
    return this.door.record('dispute.opened.v1', sent);
  }

  @Post('disputes/:disputeId/resolve')
  @CommandRoute('A dispute is resolved', ResolveDisputeDto, ['disputeId'])
  resolveDispute(@SentAs(ResolveDisputeDto) sent: Sent): Promise<Answer> {
    return this.door.record('dispute.resolved.v1', sent);
  }

  @Post('write-offs')
  @CommandRoute('Write an invoice off, in whole or in part', WriteOffDto)
  writeOff(@SentAs(WriteOffDto) sent: Sent): Promise<Answer> {
    return this.door.record('invoice.written-off.v1', sent);
  }
}
