import { statement } from '../statement.ts';

/** Asks the database for a sign of life. */
export const ping = statement<[], { readonly alive: number }>('SELECT 1 AS alive');
