import type { Command } from 'commander';
import { Option } from 'commander';
import { connectKafka, DeadLetterBox, type DeadLetter } from '@duestream/event-feed';
import { loadConfig } from '@duestream/platform';
import { CliError, EXIT_DONE } from '../terminal/cli-error';
import { writeReport, type Report } from '../terminal/report';
import { formats, notice, type Format } from '../terminal/terminal';
import type { AddCommand, CommandContext } from './context';

interface ListOptions {
  readonly format: Format;
}

interface ChoiceOptions {
  readonly all?: boolean;
}

/** Speaks to Kafka itself: letters can be dealt with while no server runs. */
export const addDeadLetter: AddCommand = (program, context) => {
  const group = program
    .command('dead-letter')
    .description('records of the inbound topic that could not be read (with DUESTREAM_FEED=kafka)');
  group
    .command('list')
    .description('those that wait, oldest first')
    .addOption(new Option('--format <format>', 'how to report').choices(formats).default('table'))
    .action(async ({ format }: ListOptions) => {
      await writeReport(report(await (await open(context)).list()), format, context.terminal);
      context.finish(EXIT_DONE);
    });
  addChoice(group, 'retry', 'send them to the intake again', context, (box, letters) => box.retry(letters));
  addChoice(group, 'drop', 'give them up', context, (box, letters) => box.drop(letters));
};

function addChoice(
  group: Command,
  name: string,
  description: string,
  context: CommandContext,
  act: (box: DeadLetterBox, letters: readonly DeadLetter[]) => Promise<void>,
): void {
  group
    .command(name)
    .description(description)
    .argument('[ids...]', 'as `list` shows them')
    .option('--all', 'all that wait')
    .action(async (ids: readonly string[], { all = false }: ChoiceOptions) => {
      if (all === ids.length > 0) throw new CliError('dead-letter.which', `${name}: name letters, or --all`);
      const box = await open(context);
      const chosen = chosenOf(await box.list(), all ? null : ids);
      await act(box, chosen);
      notice(context.terminal, `${name}: ${chosen.length} dead letter(s)`);
      context.finish(EXIT_DONE);
    });
}

async function open({ env }: CommandContext): Promise<DeadLetterBox> {
  const { feed } = loadConfig(env);
  if (feed.kind !== 'kafka')
    throw new CliError('feed.not-kafka', 'there are dead letters only with DUESTREAM_FEED=kafka');
  const { kafka, topics } = await connectKafka(feed.kafka, () => undefined);
  return new DeadLetterBox(kafka, topics);
}

/** All of them for null. */
function chosenOf(letters: readonly DeadLetter[], ids: readonly string[] | null): readonly DeadLetter[] {
  if (ids === null) return letters;
  const unknown = ids.filter((id) => !letters.some((letter) => letter.id === id));
  if (unknown.length > 0) throw new CliError('dead-letter.unknown', `no dead letter ${unknown.join(', ')} waits`);
  return letters.filter(({ id }) => ids.includes(id));
}

function report(letters: readonly DeadLetter[]): Report<DeadLetter> {
  const keyOf = ({ key }: DeadLetter): string => key?.toString('utf8') ?? '';
  return {
    json: {
      items: letters.map((letter) => ({
        id: letter.id,
        reason: letter.reason,
        detail: letter.detail,
        time: letter.time,
        key: letter.key === null ? null : keyOf(letter),
        /** Whatever it is, in a form that JSON can hold. */
        valueBase64: letter.value?.toString('base64') ?? null,
      })),
    },
    columns: [
      { name: 'id', title: 'letter', value: ({ id }) => id },
      { name: 'time', title: 'written', value: ({ time }) => time },
      { name: 'key', title: 'key', value: keyOf },
      { name: 'reason', title: 'reason', value: ({ reason }) => reason },
      { name: 'detail', title: 'detail', value: ({ detail }) => detail },
    ],
    rows: letters,
    empty: 'no dead letter waits',
  };
}
