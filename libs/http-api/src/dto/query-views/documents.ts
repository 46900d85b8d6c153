import { DecisionView } from '../views';
import { ListOf, NullablePart, NullableText, OneOfTexts, Text, Texts, WholeNumber } from '../shown';

export class OrderView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly orderId!: string;

  @OneOfTexts(['approved', 'held', 'rejected', 'shipped', 'invoiced', 'cancelled', 'closed'])
  readonly status!: 'approved' | 'held' | 'rejected' | 'shipped' | 'invoiced' | 'cancelled' | 'closed';

  @Text()
  readonly orderDate!: string;

  @NullableText()
  readonly shipBy!: string | null;

  @Text()
  readonly currency!: string;

  @Text()
  readonly amount!: string;

  @Text()
  readonly open!: string;

  @Text()
  readonly shipped!: string;

  @Text()
  readonly invoiced!: string;

  @Texts()
  readonly flags!: readonly string[];

  @NullablePart(DecisionView)
  readonly decision!: DecisionView | null;
}

export class ApplicationView {
  @Text()
  readonly applicationId!: string;

  @Text()
  readonly company!: string;

  @NullableText()
  readonly paymentId!: string | null;

  @NullableText()
  readonly creditNoteId!: string | null;

  @Text()
  readonly invoiceId!: string;

  @Text()
  readonly invoiceCompany!: string;

  @WholeNumber()
  readonly item!: number;

  @Text()
  readonly amount!: string;

  @Text()
  readonly appliedOn!: string;

  @Text()
  readonly rule!: string;

  @Text()
  readonly standing!: string;
}

export class InvoicePartView {
  @WholeNumber()
  readonly item!: number;

  @Text()
  readonly dueOn!: string;

  @Text()
  readonly amount!: string;

  @Text()
  readonly open!: string;
}

export class InvoiceView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly invoiceId!: string;

  @Text()
  readonly issuedOn!: string;

  @Text()
  readonly currency!: string;

  @Text()
  readonly amount!: string;

  @Text()
  readonly open!: string;

  @Text()
  readonly disputed!: string;

  @OneOfTexts(['open', 'paid'])
  readonly status!: 'open' | 'paid';

  @ListOf(InvoicePartView)
  readonly items!: readonly InvoicePartView[];

  @ListOf(ApplicationView)
  readonly applications!: readonly ApplicationView[];
}

export class PaymentView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly paymentId!: string;

  @Text()
  readonly receivedOn!: string;

  @Text()
  readonly currency!: string;

  @Text()
  readonly amount!: string;

  @Text()
  readonly unapplied!: string;

  @OneOfTexts(['open', 'applied', 'reversed'])
  readonly status!: 'open' | 'applied' | 'reversed';

  @Text()
  readonly refunded!: string;

  @ListOf(ApplicationView)
  readonly applications!: readonly ApplicationView[];
}
