import type { Answer as AnswerBody, ProblemDetails } from '@duestream/contracts';
import type { Answer } from '../processor/requests';
import { refusalDetails } from './problem-details';

/** What a message did, as every door tells it. */
export function answerBody(id: string, answer: Answer): AnswerBody {
  const { status, accountRevision, position } = answer;
  if (answer.status === 'refused')
    return { id, status, accountRevision, position, problem: refusalDetails(answer, 'message') };
  const { decision, orderStatus, waitingFor } = answer;
  return {
    id,
    status,
    accountRevision,
    position,
    ...(decision === undefined ? {} : { decision }),
    ...(orderStatus === undefined ? {} : { orderStatus }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
}

/** Of a message that never came to its account. */
export function refusedBody(id: string | null, details: ProblemDetails): AnswerBody {
  return { id, status: 'refused', accountRevision: null, position: null, problem: details };
}
