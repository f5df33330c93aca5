/** A window of a list, counted in rows. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** How far a count goes: with a cap it stops at one more than that, which says "more than the cap". */
export interface CountOptions<Filter> {
  readonly filter: Filter;
  readonly cap?: number;
}

export interface ListOptions<Filter, Sort> {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly page: Page;
}
