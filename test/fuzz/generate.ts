import fc from 'fast-check';
import { addBadAddresses } from './bad-addresses';
import { addBadBodies, asBody } from './bad-bodies';
import { CandidateList, refused, type Candidate, type Case } from './cases';
import { placesOf, type Description, type Operation } from './description';
import { fieldName, wellFormed, withValueAt } from './json';
import { Random, seedOf } from './random';
import { validDraft } from './world';

/** Bad requests of one operation: of every kind in turn, and what chance gives when all kinds are used up. */
export function generate(operation: Operation, description: Description, seed: number, count: number): readonly Case[] {
  const random = new Random(seedOf(seed, operation.id));
  const list = new CandidateList();
  addBadAddresses(list, operation);
  addBadBodies(list, operation, description, random);
  if (operation.id === 'Messages_record') addBadBatches(list, operation);
  const kinds = random.shuffled([...list.byKind]);
  const queues = kinds.map(([kind, candidates]) => random.shuffled(candidates).slice(0, MOST[kind]));
  const chosen: Candidate[] = [];
  while (chosen.length < count && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) chosen.push(...queue.splice(0, 1));
  }
  const missing = Math.max(0, count - chosen.length);
  // Numbers of their own for the documents of each operation, so that no two cases name the same.
  const base = (seedOf(0, operation.id) >>> 0) * 1_000_000;
  return [...chosen.slice(0, count), ...randomCandidates(operation, description, random, missing)].map(
    (candidate, index) => candidate(base + index),
  );
}

/** What takes long is not sent so often. */
const MOST: Readonly<Record<string, number>> = { 'body over the limit': 1, 'slow client': 3, 'truncated body': 10 };

/** Any JSON in any place; any text in the address where there is no body. */
function randomCandidates(
  operation: Operation,
  description: Description,
  random: Random,
  count: number,
): readonly Candidate[] {
  if (count === 0) return [];
  const seed = random.below(2 ** 31);
  const paths = placesOf(operation, description).map(({ path }) => path);
  if (operation.body !== null && paths.length > 0) {
    return fc.sample(fc.jsonValue({ maxDepth: 3 }), { seed, numRuns: count }).map((value): Candidate => {
      const path = random.pick(paths);
      return (n) => {
        const draft = validDraft(operation, n);
        const what = `${fieldName(path)} = ${JSON.stringify(value).slice(0, 80)}`;
        return { operation, kind: 'chance', what, draft: { ...draft, json: withValueAt(draft.json, path, value) } };
      };
    });
  }
  if (operation.body !== null) {
    return fc.sample(fc.jsonValue({ maxDepth: 3 }), { seed, numRuns: count }).map((json): Candidate => (n) => ({
      operation,
      kind: 'chance',
      what: JSON.stringify(json).slice(0, 80),
      draft: { ...validDraft(operation, n), json },
    }));
  }
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  return fc.sample(fc.tuple(text, text), { seed, numRuns: count }).map(([name, value]): Candidate => {
    const query = [random.pick([...names, wellFormed(name)]), wellFormed(value)] as const;
    return (n) => {
      const draft = validDraft(operation, n);
      return { operation, kind: 'chance', what: `?${query[0]}`, draft: { ...draft, query: [...draft.query, query] } };
    };
  });
}

/** What can be wrong with a batch as a whole. */
function addBadBatches(list: CandidateList, operation: Operation): void {
  const kind = 'batch over the limit';
  for (const length of [1_001, 2_000, 100_000]) {
    list.add(kind, (n) => {
      const draft = validDraft(operation, n);
      const body = `[${Array.from({ length }, () => '{}').join(',')}]`;
      return { operation, kind, what: `${length} messages`, draft, wire: { body, verdict: refused(400, 'body') } };
    });
    list.add(kind, (n) => {
      const draft = validDraft(operation, n);
      const body = '{}\n'.repeat(length);
      const wire = { body, contentType: 'application/x-ndjson', verdict: refused(400, 'body') };
      return { operation, kind, what: `${length} lines`, draft, wire };
    });
  }
  list.add(kind, (n) => {
    const draft = validDraft(operation, n);
    const body = asBody(operation, `${JSON.stringify(draft.json)}${',{}'.repeat(1_000)}`);
    return { operation, kind, what: 'one good and 1 000 bad', draft, wire: { body, verdict: refused(400, 'body') } };
  });
}
