import fc from 'fast-check';
import type { Instant, LocalDate } from '@duestream/domain';
import { withHash } from './hash-chain';
import { metadataWriter, parseMetadata, readMetadata, type CommandMetadata } from './metadata';

const HASH = 'ab'.repeat(32);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\\\', '","id":"', '\u0000', '\ud800', '日本', 'trace-1'),
);
const causation = fc.record({ source: text, id: text });
const command = fc.record<CommandMetadata>(
  {
    commandId: text,
    correlationId: text,
    causation,
    actor: fc.record({ id: text, via: text, authenticated: fc.boolean() }),
    recordedAt: fc.constant('2026-03-02T09:15:00.000Z' as Instant),
    businessDate: fc.constant('2026-03-02' as LocalDate),
  },
  { requiredKeys: ['commandId', 'causation', 'actor', 'recordedAt', 'businessDate'] },
);

describe('reading metadata', () => {
  it('gives what parsing it as JSON gives, whatever its texts hold', () => {
    fc.assert(
      fc.property(command, causation, fc.boolean(), (written, other, isAtHand) => {
        const metadata = metadataWriter(written)('2026-01-01' as LocalDate, isAtHand ? written.causation : other);
        const stored = withHash(metadata, HASH);
        expect(readMetadata(stored)?.metadata).toMatchObject(lessHash(stored));
        expect(readMetadata(stored)?.hash).toBe(HASH);
        expect(parseMetadata(stored)).toMatchObject(lessHash(stored));
      }),
      { numRuns: 500 },
    );
  });

  it('reads the same from JSON that an engine has written anew', () => {
    const written = metadataWriter({
      commandId: 'c',
      causation: { source: '/erp', id: 'm' },
      actor: { id: 'kim', via: 'http', authenticated: true },
      recordedAt: '2026-03-02T09:15:00.000Z' as Instant,
      businessDate: '2026-03-02' as LocalDate,
    })('2026-01-01' as LocalDate, { source: '/erp', id: 'earlier' });
    const stored = withHash(written, HASH);
    const spaced = withHash(JSON.stringify(JSON.parse(written), null, 1), HASH);
    expect(readMetadata(spaced)?.metadata).toMatchObject(readMetadata(stored)?.metadata ?? {});
  });

  it.each([
    ['another version', (stored: string) => stored.replace('"v":1', '"v":2')],
    ['no actor', (stored: string) => stored.replace('"actor"', '"actress"')],
    ['a truth that is none', (stored: string) => stored.replace('"authenticated":true', '"authenticated":1')],
    ['no hash', (stored: string) => stored.replace(/,"hash":"\w+"/, '')],
    ['something behind its end', (stored: string) => `${stored}}`],
    ['a raw line feed in a text', (stored: string) => stored.replace('kim', 'k\nim')],
  ])('refuses %s', (_what, damage) => {
    const metadata = metadataWriter({
      commandId: 'c',
      causation: { source: '/erp', id: 'm' },
      actor: { id: 'kim', via: 'http', authenticated: true },
      recordedAt: '2026-03-02T09:15:00.000Z' as Instant,
      businessDate: '2026-03-02' as LocalDate,
    })('2026-01-01' as LocalDate, { source: '/erp', id: 'm' });
    expect(readMetadata(withHash(metadata, HASH))).not.toBeNull();
    expect(readMetadata(damage(withHash(metadata, HASH)))).toBeNull();
  });
});

function lessHash(stored: string): Record<string, unknown> {
  const { hash: _hash, ...metadata } = JSON.parse(stored) as Record<string, unknown>;
  return metadata;
}
