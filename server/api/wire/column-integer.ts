import { type Bounds, integer } from './pydantic/number.ts';
import type { Schema } from './pydantic/refusal.ts';

/** What a column of four bytes holds. */
const MOST = 2_147_483_647;

/** An integer that is stored: one that no column holds is refused here, not by the database. */
export const columnInteger = (bounds: Omit<Bounds, 'atMost'> = {}): Schema<number> =>
  integer({ ...bounds, atMost: MOST });
