import { MAX_BATCH_MESSAGES, type Answer, type HoldItem } from '@duestream/contracts';
import { Awaited, READ_MODEL_PATIENCE_MS, waitForReadModels } from '../import/catch-up';
import type { ServerClient } from '../server/client';
import { patiently, type Patience } from '../server/patience';
import { CliError } from '../terminal/cli-error';
import type { Door } from './company';

export interface DemoDoor extends Door {
  /** Resolves when the read models show everything that was sent. */
  upToDate(): Promise<void>;
}

/** The ordinary door, as upstream systems use it: what gets no answer is sent again, unchanged. */
export function demoDoor(server: ServerClient, onWait: Patience['onWait']): DemoDoor {
  const patience: Patience = { signal: server.signal, onWait };
  const awaited = new Awaited();
  const upToDate = async (): Promise<void> => {
    if (await waitForReadModels(server, awaited.positions, READ_MODEL_PATIENCE_MS)) return;
    throw new CliError('demo.behind', 'the read models did not catch up');
  };
  return {
    upToDate,
    async send(messages) {
      const answers: Answer[] = [];
      for (let from = 0; from < messages.length; from += MAX_BATCH_MESSAGES) {
        const lines = messages.slice(from, from + MAX_BATCH_MESSAGES).map((message) => JSON.stringify(message));
        const sent = await patiently(() => server.sendMessages(lines, { businessDate: 'document' }), patience);
        awaited.add(sent);
        answers.push(...sent.answers.items);
      }
      return answers;
    },
    async heldOrders() {
      await upToDate();
      return (await patiently(() => server.list<HoldItem>('/v1/holds'), patience)).items;
    },
  };
}
