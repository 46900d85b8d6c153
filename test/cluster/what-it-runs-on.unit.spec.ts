import { loadRoleConfig } from '@duestream/platform';
import { checkGiven } from '../../scripts/cluster/engines';
import { enginesOf, whatBecomesOf } from '../../scripts/cluster/what-it-runs-on';

const KAFKA = { DUESTREAM_FEED: 'kafka', DUESTREAM_KAFKA_BROKERS: 'one:9092,two:9092' };
const POSTGRES = { DUESTREAM_DATABASE_URL: 'postgresql://somebody:secret@db:5432/duestream?sslmode=require' };
const STORE = { DUESTREAM_EVENTSTOREDB_URL: 'esdb://somebody:secret@a:2113,b:2113?tls=true' };

describe('the engines of a cluster', () => {
  it('are told with their addresses, without users and passwords', () => {
    expect(enginesOf(loadRoleConfig({ ...KAFKA, ...POSTGRES }, 'api'))).toEqual([
      ['postgres', 'db:5432/duestream'],
      ['kafka', 'one:9092,two:9092'],
    ]);
    const onStore = { ...KAFKA, ...POSTGRES, ...STORE, DUESTREAM_EVENT_STORE: 'eventstoredb' };
    expect(enginesOf(loadRoleConfig(onStore, 'api'))[0]).toEqual(['eventstoredb', 'a:2113,b:2113']);
  });

  it('lose what was written when they are of the run itself, and keep it when somebody named them', () => {
    expect(whatBecomesOf({})).toBe('what was written to PostgreSQL and Kafka is thrown away then');
    expect(whatBecomesOf(POSTGRES)).toBe('what was written to Kafka is thrown away then');
    expect(whatBecomesOf({ ...POSTGRES, ...KAFKA })).toBe('what was written stays');
  });

  it('may be left out, all of them, and every other mistake is named before any of them is started', () => {
    expect(() => checkGiven({})).not.toThrow();
    expect(() => checkGiven(STORE)).not.toThrow();
    expect(() => checkGiven({ DUESTREAM_EVENT_STORE: 'eventstoredb' })).toThrow(
      /DUESTREAM_EVENTSTOREDB_URL is not set/,
    );
    expect(() => checkGiven({ DUESTREAM_KAFKA_PARTITION: '6' })).toThrow(/DUESTREAM_KAFKA_PARTITION /);
  });
});
