import { ServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';
import type { Settings } from '#server/settings.ts';

const grouped = new Intl.NumberFormat('en-US');

/** How many bytes a text of JSON has as Python writes it, where all but the plain letters are escapes. */
const escapedBytes = (written: string): number =>
  written.length + 5 * (written.match(/[\u007f-\uffff]/g)?.length ?? 0);

/** What is wrong with parameters that weigh more than so many bytes of JSON, or null; zero is no bound. */
export const parameterSizeFault = (parameters: JsonObject, mostBytes: number): string | null => {
  if (mostBytes === 0) return null;
  const written = JSON.stringify(parameters);
  // Most are so short that they need not be counted.
  const bytes = written.length * 6 <= mostBytes ? 0 : escapedBytes(written);
  if (bytes <= mostBytes) return null;
  const [most, found] = [grouped.format(mostBytes), grouped.format(bytes)];
  return `Flow run parameters must be less than ${most} bytes when serialized (got ${found} bytes).`;
};

/** What is wrong with a schedule that asks for more planned runs than so many, or null. */
export const plannedRunsFault = (count: number, most: number): string | null =>
  count > most ? `\`max_scheduled_runs\` must be less than or equal to ${most}.` : null;

/** What is wrong with a cache key of more characters than so many, or null. */
export const cacheKeyFault = (key: string, longest: number): string | null =>
  key.length > longest
    ? `Cache key exceeded maximum allowed length of ${longest} characters.`
    : null;

/** Values that settings bound. */
export interface Bounded {
  readonly parameters?: JsonObject | null | undefined;
  readonly schedules?:
    | readonly { readonly maxScheduledRuns?: number | null | undefined }[]
    | null
    | undefined;
  readonly cacheKey?: string | null | undefined;
}

const schedulesFault = (
  { schedules }: Bounded,
  { deployments }: Settings,
): string | null | undefined => {
  const counts = schedules?.flatMap(({ maxScheduledRuns }) => maxScheduledRuns ?? []) ?? [];
  if (counts.some((count) => count <= 0)) return '`max_scheduled_runs` must be greater than 0.';
  return counts
    .map((count) => plannedRunsFault(count, deployments.maxScheduledRuns))
    .find((fault) => fault !== null);
};

/** Throws INVALID for what goes over a bound that the settings name. */
export const requireWithinBounds = (settings: Settings, bounded: Bounded): void => {
  const { cacheKey, parameters } = bounded;
  const fault =
    (parameters ? parameterSizeFault(parameters, settings.api.maxParameterSizeBytes) : null) ??
    schedulesFault(bounded, settings) ??
    (cacheKey ? cacheKeyFault(cacheKey, settings.tasks.maxCacheKeyLength) : null);
  if (fault !== null) throw new ServerError('INVALID', fault);
};
