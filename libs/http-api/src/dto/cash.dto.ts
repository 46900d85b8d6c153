import { Field, OptionalField, OptionalListOf } from './fields';
import type { MoneyDto } from './money.dto';

export class RemittanceLineDto {
  @Field('id')
  readonly invoiceId!: string;

  @OptionalField('company')
  readonly invoiceCompany?: string;

  @OptionalField('money')
  readonly amount?: MoneyDto;

  @OptionalField('instalmentNumber')
  readonly instalment?: number;
}

export class ReceivePaymentDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly paymentId!: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly receivedOn?: string;

  @OptionalListOf(RemittanceLineDto, 1_000)
  readonly remittance?: readonly RemittanceLineDto[];

  @OptionalField('text')
  readonly reference?: string;

  @OptionalField('text')
  readonly payer?: string;
}

export class ReversePaymentDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly paymentId?: string;

  @OptionalField('date')
  readonly reversedOn?: string;

  @Field('text')
  readonly reason!: string;
}

export class RefundPaymentDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly refundId!: string;

  @OptionalField('id')
  readonly paymentId?: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly refundedOn?: string;
}

/** Of a payment or of a credit note, to an invoice. */
export class ApplyCashDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly applicationId!: string;

  @OptionalField('id')
  readonly paymentId?: string;

  @OptionalField('id')
  readonly creditNoteId?: string;

  @Field('id')
  readonly invoiceId!: string;

  @OptionalField('company')
  readonly invoiceCompany?: string;

  @OptionalField('instalmentNumber')
  readonly instalment?: number;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly appliedOn?: string;
}

export class UnapplyCashDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly applicationId?: string;

  @OptionalField('date')
  readonly unappliedOn?: string;
}
