import { MoneyDto } from './money.dto';
import {
  FreeObject,
  ListOf,
  NullableNumber,
  NullablePart,
  NullableText,
  OneOfTexts,
  Part,
  Text,
  WholeNumber,
} from './shown';

/** RFC 9457. */
export class ProblemView {
  @Text({ description: 'stable, urn:duestream:problem:…' })
  readonly type!: string;

  @Text()
  readonly title!: string;

  @WholeNumber()
  readonly status!: number;

  @Text()
  readonly detail!: string;

  @Text()
  readonly code!: string;

  @Text({ optional: true })
  readonly instance?: string;

  @Text({ optional: true })
  readonly field?: string;

  @Text({ optional: true })
  readonly value?: string;

  @Text({ optional: true })
  readonly expected?: string;

  @FreeObject({ optional: true })
  readonly facts?: Readonly<Record<string, unknown>>;

  @FreeObject({ optional: true })
  readonly contents?: Readonly<Record<string, unknown>>;
}

export class DocumentRefView {
  @Text()
  readonly kind!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly number!: string;
}

export class ReasonView {
  @Text()
  readonly rule!: string;

  @NullableText()
  readonly observed!: string | null;

  @NullableText()
  readonly threshold!: string | null;

  @Text()
  readonly message!: string;
}

export class RuleVerdictView {
  @Text()
  readonly rule!: string;

  @OneOfTexts(['pass', 'block'])
  readonly verdict!: 'pass' | 'block';

  @NullableText()
  readonly observed!: string | null;

  @NullableText()
  readonly threshold!: string | null;
}

export class DecisionView {
  @OneOfTexts(['approved', 'held', 'rejected'])
  readonly outcome!: 'approved' | 'held' | 'rejected';

  @ListOf(ReasonView)
  readonly reasons!: readonly ReasonView[];

  @ListOf(RuleVerdictView)
  readonly rules!: readonly RuleVerdictView[];

  @Part(MoneyDto)
  readonly amount!: MoneyDto;

  @Part(MoneyDto)
  readonly increase!: MoneyDto;

  @Part(MoneyDto)
  readonly exposureBefore!: MoneyDto;

  @NullablePart(MoneyDto)
  readonly limit!: MoneyDto | null;

  @NullablePart(MoneyDto)
  readonly available!: MoneyDto | null;

  @Text()
  readonly policyVersion!: string;

  @Text()
  readonly policyHash!: string;

  @Text()
  readonly businessDate!: string;

  @OneOfTexts(['enforce', 'observe'])
  readonly enforcement!: 'enforce' | 'observe';
}

export class AnswerView {
  @NullableText()
  readonly id!: string | null;

  @OneOfTexts(['accepted', 'duplicate', 'waiting', 'refused'])
  readonly status!: 'accepted' | 'duplicate' | 'waiting' | 'refused';

  @NullableNumber()
  readonly accountRevision!: number | null;

  @NullableText({ description: 'opaque; pass it on as Duestream-Min-Position' })
  readonly position!: string | null;

  @Part(DecisionView, { optional: true })
  readonly decision?: DecisionView;

  @OneOfTexts(['approved', 'held', 'rejected', 'shipped', 'invoiced', 'cancelled', 'closed'], { optional: true })
  readonly orderStatus?: 'approved' | 'held' | 'rejected' | 'shipped' | 'invoiced' | 'cancelled' | 'closed';

  @ListOf(DocumentRefView, { optional: true })
  readonly waitingFor?: readonly DocumentRefView[];

  @Part(ProblemView, { optional: true })
  readonly problem?: ProblemView;
}

export class AnswerListView {
  @ListOf(AnswerView)
  readonly items!: readonly AnswerView[];
}

export class OrderCheckView {
  @Part(DecisionView)
  readonly decision!: DecisionView;
}
