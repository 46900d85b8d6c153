import { hash } from 'node:crypto';

/**
 * The tamper-evident chain of a stream. Every event's metadata ends in the SHA-256 over the hash before it and every
 * stored byte of the event itself, so that no row can be changed, dropped, moved or put in without a trace.
 *
 * The hash is taken of the stored text as it is, never of a parsed and rewritten form: what is checked is what is kept.
 */
export interface ChainLink {
  readonly streamId: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** Metadata as JSON text without its hash. */
  readonly metadata: string;
  readonly data: string;
}

/** Part of what is hashed, so that another way of hashing can never be mistaken for this one. */
const CHAIN_VERSION = 'duestream.chain.v1';

/**
 * SHA-256 (hex) of the link after `previousHash` (null for a stream's first event). The parts are joined by line
 * feeds, which none but the last can hold: ids and types have no control characters, JSON escapes them.
 */
export function chainHash(previousHash: string | null, link: ChainLink): string {
  return hash('sha256', `${linkStart(previousHash, link)}${link.metadata}\n${link.data}`, 'hex');
}

/** What is hashed before an event's metadata; a line feed and its data follow on that. */
export function linkStart(
  previousHash: string | null,
  { streamId, revision, id, type }: Pick<ChainLink, 'streamId' | 'revision' | 'id' | 'type'>,
): string {
  return `${CHAIN_VERSION}\n${previousHash ?? ''}\n${streamId}\n${revision}\n${id}\n${type}\n`;
}

/** Metadata with the hash as its last member. */
export function withHash(metadata: string, chained: string): string {
  return `${metadata.slice(0, -1)},"hash":"${chained}"}`;
}

const HASH_MEMBER = /^,"hash":"([0-9a-f]{64})"\}$/;
const HASH_MEMBER_LENGTH = ',"hash":""}'.length + 64;

/** Takes stored metadata apart, or null when it does not end in a hash. */
export function splitHash(stored: string): { readonly metadata: string; readonly hash: string } | null {
  const end = stored.length - HASH_MEMBER_LENGTH;
  const chained = HASH_MEMBER.exec(stored.slice(end))?.[1];
  return chained === undefined || end < 1 ? null : { metadata: `${stored.slice(0, end)}}`, hash: chained };
}
