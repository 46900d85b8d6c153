import type { Upcaster } from './upcasting';

/** In use, oldest first. Empty while every type is in its first version. */
export const UPCASTERS: readonly Upcaster[] = [];
