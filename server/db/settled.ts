/**
 * The number in each journal up to which rows may be read for good: none with a smaller number can appear any more.
 * Where rows are committed out of order, newer ones are there already and wait for their turn.
 */
export interface Settled {
  readonly change: number;
  readonly log: number;
  readonly event: number;
}

/** Where rows are committed in the order of their numbers, all that can be read are settled. */
export const ALL_SETTLED: Settled = {
  change: Number.MAX_SAFE_INTEGER,
  log: Number.MAX_SAFE_INTEGER,
  event: Number.MAX_SAFE_INTEGER,
};
