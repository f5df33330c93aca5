/** Commands that print something else here, with the reason. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'work-queue read-runs default --pool cli-pool':
    'the real one finds no runs of a default queue by its id',
};
