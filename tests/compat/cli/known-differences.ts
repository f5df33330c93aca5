const WHOLE_FLOAT = 'a float without a fraction comes back as an integer, 2.0 as 2';

/** Commands that print something else here, with the reason. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'work-pool preview cli-pool --hours 3 -o json':
    'the real one knows no queue name of runs that are in the default queue of a pool',
  'work-queue read-runs default --pool cli-pool':
    'the real one finds no runs of a default queue by its id',
  'work-pool ls --verbose -o json': WHOLE_FLOAT,
  'variable get colour': WHOLE_FLOAT,
  'variable inspect colour': WHOLE_FLOAT,
  'variable inspect colour -o json': WHOLE_FLOAT,
  'variable ls': WHOLE_FLOAT,
  'variable ls --limit 1 -o json': WHOLE_FLOAT,
};
