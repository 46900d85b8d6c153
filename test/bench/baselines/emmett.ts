import { CommandHandler, type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import type { AccountEvent as OurEvent } from '@duestream/domain';
import type { Rival } from '../support/rival';
import { approve } from './same-decision';

type AccountEvent =
  | Event<'AccountOpened', { readonly name: string }>
  | Event<'OrderPlaced', { readonly placed: OurEvent }>
  | Event<'CreditApproved', { readonly minor: string; readonly decision: OurEvent }>;

interface State {
  readonly exposure: bigint;
  readonly revision: number;
}

/** Emmett tries again this often when another writer of the stream was first; then the command fails. */
const RETRIES = { onVersionConflict: { retries: 20, minTimeout: 5, factor: 1.3 } };

/**
 * Emmett's own way: its CommandHandler on its PostgreSQL store, which reads the stream, folds it and appends. What is
 * decided and what is stored are ours.
 */
export async function emmett(connectionString: string): Promise<Rival> {
  const store = getPostgreSQLEventStore(connectionString);
  await store.schema.migrate();
  const handle = CommandHandler<State, AccountEvent>({ evolve, initialState, retry: RETRIES });
  return {
    name: 'Emmett',
    countSql: `SELECT count(*) FROM emt_messages WHERE message_type = 'CreditApproved'`,
    open: async (accounts) => {
      for (let from = 0; from < accounts.length; from += 200) {
        const some = accounts.slice(from, from + 200);
        await Promise.all(some.map((id) => store.appendToStream(id, [{ type: 'AccountOpened', data: { name: id } }])));
      }
    },
    decide: async (order) => {
      try {
        const { newEvents } = await handle(store, order.accountId, ({ exposure, revision }): AccountEvent[] => {
          const [placed, approved] = approve(order, { exposureMinor: exposure, revision }) ?? [];
          if (placed === undefined || approved === undefined) return [];
          const minor = order.data.amount.amount.replace('.', '');
          return [
            { type: 'OrderPlaced', data: { placed } },
            { type: 'CreditApproved', data: { minor, decision: approved } },
          ];
        });
        return newEvents.length > 0;
      } catch (error) {
        // Others were first until its patience ended: nothing was written.
        if (error instanceof Error && /version/i.test(error.message)) return false;
        throw error;
      }
    },
    close: () => store.close(),
  };
}

function initialState(): State {
  return { exposure: 0n, revision: -1 };
}

function evolve({ exposure, revision }: State, event: AccountEvent): State {
  const raised = event.type === 'CreditApproved' ? BigInt(event.data.minor) : 0n;
  return { exposure: exposure + raised, revision: revision + 1 };
}
