import { MoneyDto } from './money.dto';
import { DecisionView, DocumentRefView } from './views';
import {
  Flag,
  FreeObject,
  ListOf,
  NullableNumber,
  NullablePart,
  NullableText,
  OneOfTexts,
  Part,
  Text,
  Texts,
  WholeNumber,
} from './shown';

export class LimitView {
  @NullablePart(MoneyDto)
  readonly amount!: MoneyDto | null;

  @Text()
  readonly validFrom!: string;

  @NullableText()
  readonly validTo!: string | null;
}

export class AccountView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly name!: string;

  @Text()
  readonly currency!: string;

  @NullableText()
  readonly country!: string | null;

  @NullableText()
  readonly segment!: string | null;

  @NullableText()
  readonly riskClass!: string | null;

  @NullableText()
  readonly parentId!: string | null;

  @NullableText()
  readonly terms!: string | null;

  @FreeObject()
  readonly attributes!: Readonly<Record<string, unknown>>;

  @Flag()
  readonly blocked!: boolean;

  @NullablePart(LimitView)
  readonly limit!: LimitView | null;

  @WholeNumber()
  readonly accountRevision!: number;
}

/** Decimal strings; the last three are subtracted. */
export class ExposureCategoriesView {
  @Text()
  readonly orders!: string;

  @Text()
  readonly deliveries!: string;

  @Text()
  readonly billing!: string;

  @Text()
  readonly receivables!: string;

  @Text()
  readonly special!: string;

  @Text()
  readonly unappliedCash!: string;

  @Text()
  readonly creditNotes!: string;

  @Text()
  readonly secured!: string;
}

export class ExposureView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly currency!: string;

  @Text()
  readonly total!: string;

  @Part(ExposureCategoriesView)
  readonly categories!: ExposureCategoriesView;

  @NullableText()
  readonly limit!: string | null;

  @NullableText()
  readonly available!: string | null;

  @NullableText()
  readonly utilisation!: string | null;

  @ListOf(MoneyDto)
  readonly unconverted!: readonly MoneyDto[];
}

export class BucketView {
  @NullableNumber()
  readonly from!: number | null;

  @NullableNumber()
  readonly to!: number | null;
}

export class OpenItemView {
  @Text()
  readonly accountId!: string;

  @OneOfTexts(['invoice', 'payment', 'credit-note'])
  readonly kind!: 'invoice' | 'payment' | 'credit-note';

  @Text()
  readonly company!: string;

  @Text()
  readonly number!: string;

  @WholeNumber()
  readonly item!: number;

  @Text()
  readonly currency!: string;

  @Text()
  readonly original!: string;

  @Text()
  readonly open!: string;

  @Text()
  readonly issuedOn!: string;

  @Text()
  readonly dueOn!: string;

  @WholeNumber()
  readonly daysPastDue!: number;

  @Part(BucketView)
  readonly bucket!: BucketView;

  @Text()
  readonly disputed!: string;
}

/** Days past due, inclusive. */
export class AgingBucketView {
  @NullableNumber()
  readonly from!: number | null;

  @NullableNumber()
  readonly to!: number | null;

  @Text()
  readonly amount!: string;

  @WholeNumber()
  readonly count!: number;
}

export class AgingItemView {
  @Text()
  readonly key!: string;

  @Text()
  readonly currency!: string;

  @ListOf(AgingBucketView)
  readonly buckets!: readonly AgingBucketView[];

  @Text()
  readonly total!: string;

  @Text()
  readonly overdue!: string;

  @Text()
  readonly disputed!: string;

  @WholeNumber()
  readonly openItems!: number;
}

export class RiskReasonView {
  @Text()
  readonly signal!: string;

  @Text()
  readonly observed!: string;

  @Text()
  readonly threshold!: string;

  @WholeNumber()
  readonly points!: number;

  @Text()
  readonly message!: string;
}

export class AtRiskItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly name!: string;

  @OneOfTexts(['ok', 'watch', 'at-risk', 'critical'])
  readonly tier!: 'ok' | 'watch' | 'at-risk' | 'critical';

  @WholeNumber()
  readonly score!: number;

  @ListOf(RiskReasonView)
  readonly reasons!: readonly RiskReasonView[];

  @Text()
  readonly since!: string;
}

export class HoldItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly orderId!: string;

  @Text()
  readonly orderDate!: string;

  @Part(MoneyDto)
  readonly amount!: MoneyDto;

  @Text()
  readonly heldAt!: string;

  @NullablePart(DecisionView)
  readonly decision!: DecisionView | null;
}

export class WaitingItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly messageType!: string;

  @Text()
  readonly messageSource!: string;

  @Text()
  readonly messageId!: string;

  @NullablePart(DocumentRefView)
  readonly document!: DocumentRefView | null;

  @Part(DocumentRefView)
  readonly waitingFor!: DocumentRefView;

  @Text()
  readonly since!: string;
}

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

export class ActorView {
  @Text()
  readonly id!: string;

  @Text()
  readonly via!: string;

  @Flag()
  readonly authenticated!: boolean;
}

export class HistoryItemView {
  @WholeNumber()
  readonly revision!: number;

  @Text()
  readonly position!: string;

  @Text()
  readonly id!: string;

  @Text()
  readonly type!: string;

  @Text()
  readonly effectiveAt!: string;

  @Text()
  readonly recordedAt!: string;

  @Part(ActorView)
  readonly actor!: ActorView;

  @FreeObject()
  readonly data!: Readonly<Record<string, unknown>>;

  @Text()
  readonly hash!: string;
}
