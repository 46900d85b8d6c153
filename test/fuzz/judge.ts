import type { Case, Verdict } from './cases';
import { isObject, shortened, type JsonObject } from './json';
import type { Oracle } from './oracle';
import type { Received } from './wire';

/** The account that a request opens. */
export function openedBy({ operation, draft }: Case): string | null {
  if (operation.id === 'Account_put') return draft.path['accountId'] ?? null;
  if (!isObject(draft.json) || draft.json['type'] !== 'account.opened.v1') return null;
  return textOf(draft.json['subject']);
}

/** What an answer says was done, and what is wrong with the answer. */
export interface Judgement {
  readonly failure: string | null;
  /** Whether events must have been written: by nothing but what was accepted. */
  readonly writes: boolean;
}

export function verdictOf({ operation, draft, wire }: Case, oracle: Oracle): Verdict {
  if (wire !== undefined) return wire.verdict;
  const faults = oracle.faultsOf(operation, draft);
  return faults.length === 0 ? { kind: 'valid' } : { kind: 'refused', faults };
}

/** Holds an answer against what the request deserved. */
export function judge(sent: Case, verdict: Verdict, received: Received, accounts: ReadonlySet<string>): Judgement {
  const { status } = received;
  if (status >= 500) return failed(`answered ${status}`);
  const body = parsed(received.text);
  const item = itemOf(sent, received, body);
  if (verdict.kind === 'refused') return { failure: refusalFailure(verdict, received, item ?? body), writes: false };
  if (status >= 400) return { failure: validFailure(sent, received, body, accounts), writes: false };
  if (item !== null && item['status'] === 'refused') {
    return {
      failure: validFailure(sent, { ...received, status: Number(problemOf(item)['status']) }, item, accounts),
      writes: false,
    };
  }
  if (status < 200 || status >= 300) return failed(`answered ${status}: ${received.text.slice(0, 300)}`);
  const answered = item ?? body;
  const isNew = answered['status'] === 'accepted' || answered['status'] === 'waiting';
  const isCommand = operationWrites(sent);
  if (isCommand && !isNew && answered['status'] !== 'duplicate') return failed(`answered ${JSON.stringify(answered)}`);
  if (!isAccountKnown(sent, accounts)) return failed('accepted for an account that does not exist');
  return { failure: null, writes: isCommand && isNew };
}

function refusalFailure(
  { faults, fieldless }: Extract<Verdict, { kind: 'refused' }>,
  { status, contentType }: Received,
  answered: JsonObject,
): string | null {
  const problem = problemOf(answered);
  const deserved = faults.map(({ field, status: of }) => `${of} ${field}`).slice(0, 5);
  if (problem['code'] === undefined)
    return `answered ${status} without a problem; it deserved ${deserved.join(' or ')}`;
  const ofStatus = faults.filter((fault) => fault.status === problem['status']);
  const fields = ofStatus.map(({ field }) => shortened(field));
  const found = `${textOf(problem['status'])} ${textOf(problem['code'])} ${textOf(problem['field'])}`;
  if (ofStatus.length === 0) return `answered ${found}; it deserved ${deserved.join(' or ')}`;
  if (fieldless !== true && !fields.includes(shortened(textOf(problem['field'])))) {
    return `answered ${found}; it should name ${fields.slice(0, 5).join(' or ')}`;
  }
  return problemFailure(problem, status, contentType);
}

/** The rules of the domain may refuse what has the right shape; they say which and why. */
function validFailure(
  sent: Case,
  { status, contentType }: Received,
  answered: JsonObject,
  accounts: ReadonlySet<string>,
): string | null {
  const problem = problemOf(answered);
  if (![404, 409, 422].includes(status)) {
    return `answered ${status} ${textOf(problem['code'])} ${textOf(problem['field'])}, but the request is right`;
  }
  if (!isAccountKnown(sent, accounts) && status !== 404) return `answered ${status} for an account that does not exist`;
  const isMessage = sent.operation.path === '/v1/messages';
  return fieldFailure(problem, isMessage) ?? problemFailure(problem, isMessage ? 200 : status, contentType);
}

/** The field at fault is one that the sender knows: of the message and its data, or of the request. */
function fieldFailure({ code, field }: JsonObject, isMessage: boolean): string | null {
  const isOfMessage = /^(subject|id|data\..+)$/.test(textOf(field));
  if (typeof field === 'string' && field !== '' && isOfMessage === isMessage) return null;
  return `refused with ${textOf(code)}, it names ${textOf(field)}`;
}

/** RFC 9457, with our own members. */
function problemFailure(problem: JsonObject, httpStatus: number, contentType: string): string | null {
  const { type, title, detail, code, status } = problem;
  const isWhole =
    type === `urn:duestream:problem:${typeof code === 'string' ? code : ''}` &&
    typeof title === 'string' &&
    typeof detail === 'string' &&
    detail.length > 5 &&
    (httpStatus === 200 || status === httpStatus);
  if (!isWhole) return `the problem is not whole: ${JSON.stringify(problem).slice(0, 300)}`;
  if (/\bat .*\.[jt]s:\d|node_modules|SELECT /.test(JSON.stringify(problem))) return 'the problem tells of the inside';
  const isProblem = httpStatus === 200 || contentType.startsWith('application/problem+json');
  return isProblem ? null : `the problem came as ${contentType}`;
}

function isAccountKnown({ operation, draft }: Case, accounts: ReadonlySet<string>): boolean {
  if (operation.id === 'Account_put' || draft.path['accountId'] === undefined) {
    const message = isObject(draft.json) ? draft.json : {};
    const { subject, type } = message;
    return (
      subject === undefined || type === 'account.opened.v1' || (typeof subject === 'string' && accounts.has(subject))
    );
  }
  return !operation.path.includes('{accountId}') || accounts.has(draft.path['accountId']);
}

function operationWrites({ operation }: Case): boolean {
  const reads = operation.method === 'GET' || operation.id === 'Order_check' || operation.id.startsWith('Operations_');
  return !reads;
}

/** The answer to a message that came alone in its batch. */
function itemOf({ operation }: Case, { status }: Received, body: JsonObject): JsonObject | null {
  if (operation.path !== '/v1/messages' || status !== 200) return null;
  const items = body['items'];
  const [first] = Array.isArray(items) ? (items as readonly unknown[]) : [];
  return isObject(first) ? first : null;
}

function problemOf(answered: JsonObject): JsonObject {
  return isObject(answered['problem']) ? answered['problem'] : answered;
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

function failed(failure: string): Judgement {
  return { failure, writes: false };
}
