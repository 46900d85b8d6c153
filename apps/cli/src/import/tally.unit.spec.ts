import type { Answer, AnswerStatus } from '@duestream/contracts';
import { ImportTally } from './tally';

const answer = (status: AnswerStatus, problemStatus = 422): Answer => ({
  id: 'x',
  status,
  accountRevision: 0,
  position: '1',
  ...(status === 'refused'
    ? { problem: { type: 'p', title: 'no', status: problemStatus, detail: 'because', code: 'c' } }
    : {}),
});

function settled(...statuses: readonly AnswerStatus[]): ImportTally {
  const tally = new ImportTally();
  tally.expect(7, statuses.length);
  for (const status of statuses) tally.settle({ line: 7, text: '' }, answer(status));
  return tally;
}

const countsOf = ({ accepted, duplicate, waiting, refused }: ImportTally) => ({
  accepted,
  duplicate,
  waiting,
  refused,
});
const none = { accepted: 0, duplicate: 0, waiting: 0, refused: 0 };

describe('ImportTally', () => {
  it.each<[readonly AnswerStatus[], Partial<typeof none>]>([
    [['accepted'], { accepted: 1 }],
    [['duplicate'], { duplicate: 1 }],
    [['duplicate', 'duplicate'], { duplicate: 1 }],
    [['duplicate', 'accepted'], { accepted: 1 }],
    [['duplicate', 'waiting', 'accepted'], { waiting: 1 }],
    [['waiting', 'refused', 'accepted'], { refused: 1 }],
  ])('counts a line with %j once', (statuses, expected) => {
    expect(countsOf(settled(...statuses))).toEqual({ ...none, ...expected });
  });

  it('does not count a line before its last message is answered', () => {
    const tally = new ImportTally();
    tally.expect(7, 2);
    tally.settle({ line: 7, text: '' }, answer('accepted'));
    expect(countsOf(tally)).toEqual(none);
  });

  it('names line, id and reason of what was refused', () => {
    expect(settled('refused').problems).toEqual([{ line: 7, id: 'x', reason: 'because' }]);
  });

  it('does not count the opening of an account, nor mind that it exists', () => {
    const tally = new ImportTally();
    for (const opened of [answer('accepted'), answer('duplicate'), answer('refused', 409)]) {
      tally.settle({ line: 7, text: '', isOpener: true }, opened);
    }
    tally.settle({ line: 7, text: '' }, answer('duplicate'));
    expect(countsOf(tally)).toEqual({ ...none, duplicate: 1 });
    expect(tally.problems).toEqual([]);
  });

  it('refuses the line whose account cannot be opened', () => {
    const tally = new ImportTally();
    tally.settle({ line: 7, text: '', isOpener: true }, answer('refused', 422));
    tally.settle({ line: 7, text: '' }, answer('accepted'));
    expect(countsOf(tally)).toEqual({ ...none, refused: 1 });
    expect(tally.problems[0]?.reason).toBe('the account could not be opened: because');
  });
});
