import { builder } from '../builder.ts';

/** The arguments that every list has. */
export const pageArguments = () =>
  builder.args((t) => ({
    first: t.int({
      description: 'How many rows from the start, at most 200. Without it, and without `last`, 50.',
    }),
    after: t.string({ description: 'Only rows after the one with this cursor.' }),
    last: t.int({ description: 'How many rows from the end, at most 200.' }),
    before: t.string({ description: 'Only rows before the one with this cursor.' }),
  }));

export const FILTER = 'Which rows.';
export const ORDER = 'The order, its most important part first.';
