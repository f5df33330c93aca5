const daySeconds = 86_400;
const bucketSeconds = 6 * 3600;

export type Week = {
  readonly weekStart: string;
  readonly weekEnd: string;
  readonly intervalSeconds: number;
};

const toInstant = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The past seven days in buckets of six hours that start at round times. */
export const pastWeek = (atMillis: number): Week => {
  const endSeconds = Math.ceil(atMillis / 1000 / bucketSeconds) * bucketSeconds;
  return {
    weekStart: toInstant(endSeconds - 7 * daySeconds),
    weekEnd: toInstant(endSeconds),
    intervalSeconds: bucketSeconds,
  };
};
