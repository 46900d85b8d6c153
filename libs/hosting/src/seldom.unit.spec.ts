import { createLogger } from '@duestream/platform';
import { Metrics } from './metrics';
import { Seldom } from './seldom';

it('tells the first of a kind at once, and later how many there were since', () => {
  const clock = { ms: 0 };
  const seldom = new Seldom(() => clock.ms);
  const lines: string[] = [];
  const happen = (kind: string): void => seldom.tell(kind, (times) => void lines.push(`${kind} ${times}`));
  for (let n = 0; n < 500; n += 1) happen('unavailable');
  happen('outcome-unknown');
  expect(lines).toEqual(['unavailable 1', 'outcome-unknown 1']);
  clock.ms = 10_000;
  happen('unavailable');
  expect(lines.at(-1)).toBe('unavailable 500');
});

it('an event store that is away and a topic full of poison do not flood the log, and all is counted', async () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', stream: { write: (line) => void lines.push(line) } });
  const metrics = new Metrics();
  const [processor, intake] = [metrics.observer(logger), metrics.intakeObserver(logger)];
  for (let n = 0; n < 1_000; n += 1) {
    processor.repeated('unavailable');
    intake.deadLetter({ code: 'json.invalid', detail: '' });
    intake.rested(new Error('the event store is away'));
  }
  expect(lines).toHaveLength(3);
  const text = await metrics.registry.metrics();
  expect(text).toContain('duestream_write_repeats_total{reason="unavailable"} 1000');
  expect(text).toContain('duestream_dead_letters_total{reason="json.invalid"} 1000');
});
