const AT_LEAST = 1e-10;

/** The share of the average below which as many draws fall as above the upper bound of the given share. */
const lowerShare = (upperShare: number): number =>
  upperShare >= 50 ? 0 : Math.log2(Math.max(2 ** upperShare / (2 ** upperShare - 1), AT_LEAST));

/**
 * A random wait around the given average, between bounds that lie further apart the larger the factor: callers that
 * were refused at the same moment do not all come back at the same moment.
 */
export const clampedPoissonSeconds = (averageSeconds: number, clampingFactor = 0.3): number => {
  if (averageSeconds <= 0 || clampingFactor <= 0) return Math.max(averageSeconds, 0);
  const upperShare = 1 + clampingFactor;
  const lower = 1 - Math.exp(-lowerShare(upperShare));
  const upper = 1 - Math.exp(-upperShare);
  const drawn = lower + Math.random() * (upper - lower);
  return -Math.log(Math.max(1 - drawn, AT_LEAST)) * averageSeconds;
};
