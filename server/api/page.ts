import { refuseRequest } from './reply.ts';
import { integer } from './wire/pydantic/number.ts';

/** The page of a list that answers name by number. */
export interface NumberedPage {
  readonly limit: number;
  readonly page: number;
}

const MAX_BULK = 50;

/** Body parameters of a list: where it starts and how long it is. */
export const offset = integer({ atLeast: 0 }).default(0);
export const pageNumber = integer({ atLeast: 1 }).default(1);
/** Its bounds depend on a setting and are checked by `limitWithin`, in other words than the rest. */
export const limit = integer().optional();
/** How many rows a bulk operation touches at most. */
export const bulkLimit = integer({ atLeast: 1, atMost: MAX_BULK }).default(MAX_BULK);

/** The length of a list that was asked for, or the default; refused when it is out of bounds. */
export const limitWithin = (asked: number | undefined, most: number): number => {
  if (asked === undefined) return most;
  if (asked < 0) throw refuseRequest(422, 'Invalid limit: must be greater than or equal to 0.');
  if (asked > most) {
    throw refuseRequest(422, `Invalid limit: must be less than or equal to ${most}.`);
  }
  return asked;
};

/** A page of rows with what a reader needs to find the others. */
export const pageToWire = (
  results: readonly unknown[],
  count: number,
  { limit: size, page }: NumberedPage,
) => ({
  results,
  count,
  limit: size,
  pages: size === 0 ? 0 : Math.ceil(count / size),
  page,
});
