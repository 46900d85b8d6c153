import type { RoleConfig } from '@duestream/platform';

/** Each engine and where it is, without users and passwords. */
export function enginesOf({
  eventStore,
  database,
  feed,
}: RoleConfig): readonly (readonly [name: string, where: string])[] {
  const postgres = new URL(database.url);
  return [
    ...(eventStore.kind === 'eventstoredb' ? [['eventstoredb', hostsOf(eventStore.url)] as const] : []),
    ['postgres', `${postgres.host}${postgres.pathname}`],
    ['kafka', feed.kafka.brokers.join(',')],
  ];
}

/** What is left of a run: engines that somebody named keep what was written, those of the run itself go with it. */
export function whatBecomesOf(given: NodeJS.ProcessEnv): string {
  const isOwn = (variable: string): boolean => (given[variable] ?? '').trim() === '';
  const own = [
    ...(isOwn('DUESTREAM_DATABASE_URL') ? ['PostgreSQL'] : []),
    ...(isOwn('DUESTREAM_KAFKA_BROKERS') ? ['Kafka'] : []),
  ];
  return own.length === 0 ? 'what was written stays' : `what was written to ${own.join(' and ')} is thrown away then`;
}

/** A connection string may name several, which no URL does. */
function hostsOf(connectionString: string): string {
  return /^[^:]+:\/\/(?:[^@/?]*@)?([^/?]+)/.exec(connectionString)?.[1] ?? '';
}
