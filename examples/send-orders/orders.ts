/** A CloudEvent 1.0, as Duestream takes it by HTTP, by Kafka and from a file. */
export interface Message {
  readonly specversion: '1.0';
  /** Yours; the same when you send the message again. */
  readonly id: string;
  /** Your system. */
  readonly source: string;
  readonly type: string;
  /** The account. */
  readonly subject: string;
  readonly data: object;
}

/** What this program reads of an answer; docs/asyncapi.json has all of it. */
export interface Answer {
  readonly id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'waiting' | 'refused';
  readonly orderStatus?: string;
  readonly decision?: { readonly reasons: readonly { readonly message: string }[] };
  readonly problem?: { readonly code: string; readonly detail: string };
}

export const SOURCE = '/erp/emea';

/** A customer with a limit of 1 000, and two orders of which one fits. */
export function ordersOf(account: string): readonly Message[] {
  const message = (id: string, type: string, data: object): Message => ({
    specversion: '1.0',
    id: `${account} ${id}`,
    source: SOURCE,
    type,
    subject: account,
    data,
  });
  const euros = (amount: string) => ({ amount, currency: 'EUR' });
  return [
    message('open', 'account.opened.v1', { name: 'Ada Ltd', currency: 'EUR', terms: 'NET30' }),
    message('limit', 'limit.set.v1', { amount: euros('1000.00'), validFrom: '2026-01-01' }),
    message('SO-1', 'order.placed.v1', { orderId: 'SO-1', amount: euros('800.00'), orderDate: '2026-03-02' }),
    message('SO-2', 'order.placed.v1', { orderId: 'SO-2', amount: euros('250.00'), orderDate: '2026-03-02' }),
  ];
}

/** The same number with another amount: a mistake that Duestream does not let pass. */
export function changedInSilence(message: Message): Message {
  return {
    ...message,
    id: `${message.id} again`,
    data: { ...message.data, amount: { amount: '1.00', currency: 'EUR' } },
  };
}

/** What an order system does with an answer. */
export function actOn({ id, status, orderStatus, decision, problem }: Answer): string {
  switch (status) {
    case 'refused':
      return `${id}: refused, for somebody to look at: ${problem?.code}: ${problem?.detail}`;
    case 'waiting':
      return `${id}: kept until the document comes that it names`;
    case 'accepted':
    case 'duplicate':
      if (orderStatus === undefined) return `${id}: ${status}`;
      if (orderStatus === 'approved') return `${id}: ${status}, ship it`;
      return `${id}: ${status}, do not ship, it is ${orderStatus}: ${decision?.reasons.map((one) => one.message).join(' ')}`;
  }
}
