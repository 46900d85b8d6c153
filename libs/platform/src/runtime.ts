import { setFlagsFromString } from 'node:v8';

/**
 * Settings of V8 for a process that decides. Call it before anything else.
 *
 * States are immutable, so that most of what is made lives until the next command. V8 sees the parts that live long,
 * concludes that all objects made in the same places do, and puts them straight among the old ones; these keep alive
 * what they refer to. Without that guess a decision costs a fifth less, and memory stays flat between collections.
 *
 * A busy server is allowed a heap of four times what is in use before it collects the old. Twice is enough: collecting
 * more often cost no measurable part of a decision, and memory is that much less.
 */
export function tuneRuntime(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--heap-growing-percent=100');
}
