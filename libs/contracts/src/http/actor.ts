/** Who did it, through which door, and whether we know that it was them. */
export interface Actor {
  readonly id: string;
  readonly via: string;
  readonly authenticated: boolean;
}
