import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Metrics } from './metrics';

const GUIDE = path.resolve(__dirname, '../../../docs/guides/production.md');
const DOCUMENTED = /^\| `(duestream_\w+)` *\| (counter|histogram|gauge) +\| *(.*?) *\|/gm;

interface Told {
  readonly name: string;
  readonly type: string;
}

async function told(): Promise<readonly Told[]> {
  const metrics = new Metrics();
  const gauged = { queueDepth: () => 0, cachedBytes: () => 0, isRelaying: () => true };
  metrics.gauge({ ...gauged, lag: () => Promise.resolve({ events: 0, atLeast: false, seconds: 0 }) });
  const all = await metrics.registry.getMetricsAsJSON();
  return all
    .filter(({ name }) => name.startsWith('duestream_'))
    .map(({ name, type }) => ({ name, type: String(type) }));
}

it('every metric is in the guide with its kind, and no other', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const documented = [...guide.matchAll(DOCUMENTED)].map(([, name = '', type = '']) => ({ name, type }));
  const byName = (one: Told, other: Told): number => one.name.localeCompare(other.name);
  expect(documented.toSorted(byName)).toEqual([...(await told())].sort(byName));
});

it('what the guide watches exists', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const named = new Set(
    [...guide.matchAll(/duestream_\w+_(?:total|seconds|depth|bucket|events|active)\b/g)].map(([name]) => name),
  );
  const names = new Set((await told()).map(({ name }) => name));
  expect([...named].map((name) => name.replace(/_bucket$/, '')).filter((name) => !names.has(name))).toEqual([]);
});

it('the time of an answer is known to within a factor of two where answers usually lie', async () => {
  const metrics = new Metrics();
  metrics.answeredHttp('GET', '/v1/holds', 200, 4);
  const all = await metrics.registry.getMetricsAsJSON();
  const values = all.find(({ name }) => name === 'duestream_http_seconds')?.values ?? [];
  const bounds = values
    .map(({ labels }) => Number(Reflect.get(labels, 'le')))
    .filter((bound) => bound >= 0.000_5 && bound <= 0.05);
  expect(bounds.length).toBeGreaterThan(8);
  for (const [index, bound] of bounds.entries()) expect(bound / (bounds[index - 1] ?? bound)).toBeLessThanOrEqual(2);
});
