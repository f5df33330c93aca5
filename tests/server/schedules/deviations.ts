/** Recorded results that ours differ from on purpose, by what was asked, with what is given instead. */
export const DEVIATIONS: Readonly<
  Record<string, { readonly gives: string; readonly because: string }>
> = {
  'BYDAY=MO': {
    gives: 'Invalid RRule string "BYDAY=MO": FREQ is missing',
    because: 'The real server fails with a TypeError (status 500) instead of refusing the rule.',
  },
  'DTSTART:20260101T000000': {
    gives: 'Invalid RRule string "DTSTART:20260101T000000": no rule and no date',
    because: 'The real server fails with an IndexError (status 500) instead of refusing the rule.',
  },
};
