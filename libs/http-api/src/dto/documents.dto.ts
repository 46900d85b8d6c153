import { Field, OneOf, OptionalField, OptionalFlag, OptionalListOf } from './fields';
import type { MoneyDto } from './money.dto';

export class InstalmentDto {
  @Field('instalmentNumber')
  readonly number!: number;

  @Field('date')
  readonly dueOn!: string;

  @Field('money')
  readonly amount!: MoneyDto;
}

export class IssueInvoiceDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly invoiceId!: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly issuedOn?: string;

  @OptionalField('date')
  readonly dueOn?: string;

  @OptionalField('terms')
  readonly terms?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @OptionalField('id')
  readonly shipmentId?: string;

  @OptionalFlag()
  readonly final?: boolean;

  @OptionalListOf(InstalmentDto, 1_000)
  readonly instalments?: readonly InstalmentDto[];
}

export class IssueCreditNoteDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly creditNoteId!: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly issuedOn?: string;

  @OptionalField('id')
  readonly invoiceId?: string;

  @Field('text')
  readonly reason!: string;
}

export class OpenDisputeDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly disputeId!: string;

  @Field('id')
  readonly invoiceId!: string;

  @OptionalField('money')
  readonly amount?: MoneyDto;

  @Field('text')
  readonly reason!: string;

  @OptionalField('date')
  readonly openedOn?: string;
}

export class ResolveDisputeDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly disputeId?: string;

  @OneOf(['valid', 'invalid'])
  readonly outcome!: string;

  @OptionalField('date')
  readonly resolvedOn?: string;
}

export class WriteOffDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly writeOffId!: string;

  @Field('id')
  readonly invoiceId!: string;

  @OptionalField('money')
  readonly amount?: MoneyDto;

  @Field('text')
  readonly reason!: string;

  @OptionalField('date')
  readonly writtenOffOn?: string;
}
