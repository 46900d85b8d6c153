import type { AnswerStatus, Answer } from '../http/answer';
import type { ProblemDetails } from '../http/problem';
import { constant, object, oneOf, optional, type Typed } from '../schema/builder';
import { besideCommon, id } from '../schema/common';
import type { AnswerEvent } from './answer-event';
import { creditDecision, documentRef, list, nullable, openText, wholeNumber } from './parts';

const anything = (description: string): Typed<unknown> => ({ json: { description } });

const facts: Typed<Readonly<Record<string, string>>> = {
  json: { type: 'object', additionalProperties: { type: 'string' }, description: 'the numbers involved, as text' },
};

/** As over HTTP: RFC 9457. */
const problemDetails = object<ProblemDetails>(
  {
    type: openText('stable: urn:duestream:problem: and the code'),
    title: openText('what kind of problem it is'),
    status: {
      json: {
        type: 'integer',
        description: 'what HTTP would answer: 400 shape, 404 unknown, 409 conflict, 422 refused by a rule',
      },
    },
    detail: openText('a sentence with all of it'),
    code: openText('stable, such as amount.not-positive'),
    instance: optional(openText('which happening')),
    field: optional(openText('the field at fault, such as data.amount.amount')),
    value: optional(openText('what was there, shortened')),
    expected: optional(openText('what would be right')),
    facts: optional(facts),
    contents: optional(
      object<NonNullable<ProblemDetails['contents']>>(
        { first: anything('what was recorded'), second: anything('what was sent now') },
        { description: 'same key, other content; left out over Kafka when both are longer than a record may be' },
      ),
    ),
  },
  { description: 'why a message was refused' },
);

const STATUSES: readonly AnswerStatus[] = ['accepted', 'duplicate', 'waiting', 'refused'];

/** `data` of `duestream.message.answered.v1`: the same as over HTTP. */
export const answerSchema = object<Answer>({
  id: nullable(id),
  status: oneOf(STATUSES, 'what the message did; a duplicate wrote nothing and carries the first decision'),
  accountRevision: nullable(wholeNumber),
  position: nullable(openText('opaque: send it as Duestream-Min-Position to see the message’s effect')),
  decision: optional(creditDecision),
  orderStatus: optional(openText<NonNullable<Answer['orderStatus']>>('where the order stands now')),
  waitingFor: optional(list(documentRef, 'documents not seen yet')),
  problem: optional(problemDetails),
});

export const answerEnvelopeSchema = object<Omit<AnswerEvent, 'data'> & { readonly data: object }>({
  specversion: constant('1.0'),
  id: openText('the same for every answer to the same message: SHA-256 of its source and id'),
  source: constant('/duestream'),
  type: constant('duestream.message.answered.v1'),
  subject: besideCommon('id'),
  time: besideCommon('instant'),
  datacontenttype: constant('application/json'),
  causationid: openText('id of the message'),
  causationsource: openText('source of the message'),
  data: { json: { type: 'object', description: 'see the schema of the type' } },
});
