import type { Refusal } from './refusals';

/**
 * What is to go wrong with one call:
 * - `cut-before`: every connection breaks before anything is written.
 * - `cut-after`: every connection breaks when it is written, and nobody is told.
 * - `refuse`: the call ends with this error, and nothing is written.
 * - `hold`: the call stands until the promise resolves.
 * - `rival`: somebody else comes first.
 */
export type Fault =
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'hold'; readonly until: Promise<void> }
  | { readonly kind: 'rival'; act(): void };

/** Faults that tests ask for: each meets one call, in the order asked. */
export class Faults {
  private readonly appends: Fault[] = [];
  private readonly reads: Fault[] = [];
  /** Servers before 24 never say that a subscription has caught up. */
  announcesCaughtUp = true;

  nextAppend(fault: Fault): void {
    this.appends.push(fault);
  }

  nextRead(fault: Fault): void {
    this.reads.push(fault);
  }

  takeAppend(): Fault | undefined {
    return this.appends.shift();
  }

  takeRead(): Fault | undefined {
    return this.reads.shift();
  }
}
