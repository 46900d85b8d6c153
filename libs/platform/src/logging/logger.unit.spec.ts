import { createLogger } from './logger';
import { NestLogger } from './nest-logger';

function recordingLogger(level: string) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, logger: createLogger({ level, stream }) };
}

test('writes one JSON object a line with level and time', () => {
  const { lines, logger } = recordingLogger('info');

  logger.info({ batch: 3 }, 'appended');
  logger.debug('too fine');

  expect(lines).toEqual([
    expect.objectContaining({
      level: 'info',
      batch: 3,
      msg: 'appended',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
    }),
  ]);
});

test('keeps amounts and names out', () => {
  const { lines, logger } = recordingLogger('trace');

  logger.info({ amount: '12.34', order: { name: 'Ada', data: { payer: 'Ada', kind: 'order' } } }, 'seen');

  expect(JSON.stringify(lines)).not.toMatch(/12\.34|Ada/);
  expect(lines[0]).toMatchObject({ order: { data: { kind: 'order' } } });
});

test('shows of an error its type, message, code and causes, never the row it failed on', () => {
  const { lines, logger } = recordingLogger('info');
  const failed = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (amount)=(99.00)',
    parameters: ['99.00'],
  });

  logger.error({ err: new TypeError('append failed', { cause: failed }) }, 'failed');

  expect(lines[0]).toMatchObject({
    err: {
      type: 'TypeError',
      message: 'append failed',
      cause: { type: 'Error', message: 'duplicate key', code: '23505' },
    },
  });
  expect(JSON.stringify(lines)).not.toContain('99.00');
});

test('takes what Nest logs, with its context and stack', () => {
  const { lines, logger } = recordingLogger('trace');
  const nest = new NestLogger(logger);

  nest.log('started', 'NestFactory');
  nest.error('broken', 'Error: broken\n    at x', 'Router');
  nest.error(new Error('thrown'), 'Router');
  nest.verbose('detail');

  expect(lines).toMatchObject([
    { level: 'info', context: 'NestFactory', msg: 'started' },
    { level: 'error', context: 'Router', stack: 'Error: broken\n    at x', msg: 'broken' },
    { level: 'error', context: 'Router', msg: 'thrown', err: { type: 'Error', message: 'thrown' } },
    { level: 'trace', msg: 'detail' },
  ]);
});
