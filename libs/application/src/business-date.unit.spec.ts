import { instantOfMillis } from '@duestream/domain';
import { BusinessCalendar, businessDateFor } from './business-date';
import { message, euros } from './testing/messages';

const at = (text: string) => () => Date.parse(text);

describe('the business date', () => {
  it.each([
    ['UTC', '2026-03-02T23:59:59Z', '2026-03-02'],
    ['Asia/Tokyo', '2026-03-02T15:00:00Z', '2026-03-03'],
    ['America/Los_Angeles', '2026-03-02T07:59:59Z', '2026-03-01'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2027-01-01'],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29'],
    ['Asia/Kolkata', '2026-03-02T18:30:00Z', '2026-03-03'],
  ])('in %s at %s is %s', (zone, now, date) => {
    expect(new BusinessCalendar(zone, at(now)).today()).toBe(date);
  });

  it('moves with the clock, at the minute', () => {
    let now = Date.parse('2026-03-02T22:59:59.999Z');
    const calendar = new BusinessCalendar('Europe/Berlin', () => now);
    expect(calendar.today()).toBe('2026-03-02');
    now += 1;
    expect(calendar.today()).toBe('2026-03-03');
  });
});

describe('what is recorded', () => {
  it('is never earlier than what the account knew before', () => {
    const calendar = new BusinessCalendar('UTC', at('2026-03-02T09:00:00Z'));
    const later = instantOfMillis(Date.parse('2026-03-02T10:00:00Z'));
    expect(calendar.moment(later).recordedAt).toBe(later);
    expect(calendar.moment(null).recordedAt).toBe('2026-03-02T09:00:00.000Z');
  });
});

describe('the date that decides', () => {
  const today = '2026-03-02' as never;

  it('is that of the document where that is asked for, and today for one without', () => {
    const dated = message('order.placed.v1', {
      orderId: 'SO-1',
      amount: euros('1.00'),
      orderDate: '2019-05-06' as never,
    });
    const undated = message('order.placed.v1', { orderId: 'SO-1', amount: euros('1.00') });
    expect(businessDateFor(dated, 'document', today)).toBe('2019-05-06');
    expect(businessDateFor(dated, 'today', today)).toBe(today);
    expect(businessDateFor(undated, 'document', today)).toBe(today);
  });

  it('is never later than today', () => {
    const postDated = message('order.placed.v1', {
      orderId: 'SO-1',
      amount: euros('1.00'),
      orderDate: '2026-03-03' as never,
    });
    expect(businessDateFor(postDated, 'document', today)).toBe(today);
  });
});
