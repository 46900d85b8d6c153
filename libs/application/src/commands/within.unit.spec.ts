import { AnswerPending } from '../processor/errors';
import { within } from './within';

it('gives the answer that comes in time', async () => {
  await expect(within(Promise.resolve('here'), 1_000)).resolves.toBe('here');
});

it('says that an answer is pending, and swallows the failure that comes later', async () => {
  let fail: (error: Error) => void = () => undefined;
  const answering = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await expect(within(answering, 1)).rejects.toBeInstanceOf(AnswerPending);
  fail(new Error('late'));
  await new Promise(setImmediate);
});
