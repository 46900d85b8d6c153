import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { parseInstant } from '@duestream/domain';
import { connectKafka, DeadLetterBox, type DeadLetter } from '@duestream/event-feed';
import { loadConfig } from '@duestream/platform';
import { CliError, EXIT_DONE } from '../terminal/cli-error';
import { writeReport, type Report } from '../terminal/report';
import { formats, notice, type Format } from '../terminal/terminal';
import type { AddCommand, CommandContext } from './context';

/** Which of those that wait; all that is given must hold. */
interface Filter {
  readonly key?: string;
  readonly reason?: string;
  readonly before?: Date;
}

interface ListOptions extends Filter {
  readonly format: Format;
}

interface ChoiceOptions extends Filter {
  readonly all?: boolean;
}

/** Speaks to Kafka itself: letters can be dealt with while no server runs. */
export const addDeadLetter: AddCommand = (program, context) => {
  const group = program
    .command('dead-letter')
    .description('records of the inbound topic that could not be read (with DUESTREAM_FEED=kafka)');
  withFilter(group.command('list').description('those that wait, oldest first'))
    .addOption(new Option('--format <format>', 'how to report').choices(formats).default('table'))
    .action(async ({ format, ...filter }: ListOptions) => {
      const letters = (await (await open(context)).list()).filter(passes(filter));
      await writeReport(report(letters), format, context.terminal);
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
  withFilter(group.command(name).description(description))
    .argument('[ids...]', 'as `list` shows them')
    .option('--all', 'all that wait')
    .action(async (ids: readonly string[], { all = false, ...filter }: ChoiceOptions) => {
      const ways = [all, ids.length > 0, Object.keys(filter).length > 0].filter(Boolean).length;
      if (ways !== 1) throw new CliError('dead-letter.which', `${name}: name letters, or say which, or --all`);
      const box = await open(context);
      const waiting = await box.list();
      const chosen = ids.length > 0 ? namedIn(waiting, ids) : waiting.filter(passes(filter));
      await act(box, chosen);
      notice(context.terminal, `${name}: ${chosen.length} dead letter(s)`);
      context.finish(EXIT_DONE);
    });
}

function withFilter(command: Command): Command {
  return command
    .option('--key <key>', 'those whose record had this key: the account it was sent to')
    .option('--reason <code>', 'those of this reason, such as record.key')
    .addOption(new Option('--before <time>', 'those written before this RFC 3339 time').argParser(instantIn));
}

function instantIn(text: string): Date {
  const instant = parseInstant(text);
  if (instant === null) throw new InvalidArgumentError('Expected an RFC 3339 time such as 2026-03-02T09:15:00Z.');
  return new Date(instant);
}

function passes({ key, reason, before }: Filter): (letter: DeadLetter) => boolean {
  return (letter) =>
    (key === undefined || keyOf(letter) === key) &&
    (reason === undefined || letter.reason === reason) &&
    (before === undefined || Date.parse(letter.time) < before.getTime());
}

async function open({ env }: CommandContext): Promise<DeadLetterBox> {
  const { feed } = loadConfig(env);
  if (feed.kind !== 'kafka')
    throw new CliError('feed.not-kafka', 'there are dead letters only with DUESTREAM_FEED=kafka');
  const { kafka, topics } = await connectKafka(feed.kafka, () => undefined);
  return new DeadLetterBox(kafka, topics, feed.kafka.maxMessageBytes);
}

function namedIn(letters: readonly DeadLetter[], ids: readonly string[]): readonly DeadLetter[] {
  const unknown = ids.filter((id) => !letters.some((letter) => letter.id === id));
  if (unknown.length > 0) throw new CliError('dead-letter.unknown', `no dead letter ${unknown.join(', ')} waits`);
  return letters.filter(({ id }) => ids.includes(id));
}

function report(letters: readonly DeadLetter[]): Report<DeadLetter> {
  return {
    json: {
      items: letters.map((letter) => ({
        id: letter.id,
        reason: letter.reason,
        detail: letter.detail,
        time: letter.time,
        key: keyOf(letter),
        /** Whatever it is, in a form that JSON can hold. */
        valueBase64: letter.value?.toString('base64') ?? null,
        /** Length of the whole value where this is only its beginning. */
        cutFrom: letter.cutFrom,
      })),
    },
    columns: [
      { name: 'id', title: 'letter', value: ({ id }) => id },
      { name: 'time', title: 'written', value: ({ time }) => time },
      { name: 'key', title: 'key', value: (letter) => keyOf(letter) ?? '' },
      { name: 'reason', title: 'reason', value: ({ reason }) => reason },
      { name: 'detail', title: 'detail', value: detailOf },
    ],
    rows: letters,
    empty: 'no dead letter waits',
  };
}

function detailOf({ detail, cutFrom }: DeadLetter): string {
  return cutFrom === null ? detail : `${detail} Only the beginning of its ${cutFrom} bytes is kept.`;
}

function keyOf({ key }: DeadLetter): string | null {
  return key?.toString('utf8') ?? null;
}
