import { builder } from '../builder.ts';

export const Backfill = builder.enumType('Backfill', {
  description: 'What a stream brings of what was there before it began.',
  values: {
    NONE: { description: 'Nothing.' },
    TAIL: { description: 'The newest rows.' },
    ALL: { description: 'Everything.' },
  },
});

export const BACKFILL = 'What to bring first of what is there. Not regarded with `after`.';
