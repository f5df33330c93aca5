import { ServerError } from '#server/errors.ts';
import { type JsonObject, type JsonValue, stringList } from '#server/json.ts';
import { plainNumber } from '#server/lossless-json.ts';

/** What Prefect's model of a flow run's policy fills in where a caller left it out. */
export const FLOW_RUN_POLICY: JsonObject = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  pause_keys: [],
  resuming: false,
  retry_type: null,
};

/** The same for a task run. */
export const TASK_RUN_POLICY: JsonObject = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
};

export const MAX_RETRY_DELAYS = 50;

export const TOO_MANY_DELAYS = `Can not configure more than ${MAX_RETRY_DELAYS} retry delays per task.`;

/** A complete policy, with the two retired fields carried over to those that replaced them. */
const completePolicy = (defaults: JsonObject, given: JsonObject): JsonObject => {
  const policy = { ...defaults, ...given };
  const isEmpty = (value: JsonValue | undefined): boolean =>
    value === null ||
    value === undefined ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0);
  if (isEmpty(policy['retries']) && !isEmpty(policy['max_retries'])) {
    policy['retries'] = policy['max_retries'] ?? null;
  }
  if (isEmpty(policy['retry_delay']) && !isEmpty(policy['retry_delay_seconds'])) {
    policy['retry_delay'] = policy['retry_delay_seconds'] ?? null;
  }
  return policy;
};

const requirePolicy = (isFine: boolean, message: string): void => {
  if (!isFine) throw new ServerError('INVALID', message);
};

/**
 * The policy of a flow run as it is stored. Throws INVALID for one that clients could not read: they know one delay, in
 * whole seconds.
 */
export const storedFlowRunPolicy = (given: JsonObject): JsonObject => {
  const policy = completePolicy(FLOW_RUN_POLICY, given);
  const { retry_delay: delay } = policy;
  requirePolicy(
    delay === null || Number.isInteger(delay),
    'A flow run is retried after one delay, in whole seconds.',
  );
  return policy;
};

/** The policy of a task run as it is stored. Throws INVALID for too many delays, or a jitter of less than nothing. */
export const storedTaskRunPolicy = (given: JsonObject): JsonObject => {
  const policy = completePolicy(TASK_RUN_POLICY, given);
  const { retry_delay: delay, retry_jitter_factor: jitter } = policy;
  requirePolicy(!Array.isArray(delay) || delay.length <= MAX_RETRY_DELAYS, TOO_MANY_DELAYS);
  requirePolicy(typeof jitter !== 'number' || jitter >= 0, 'A jitter factor is 0 or more.');
  return policy;
};

const numberOrNull = (value: JsonValue | undefined): number | null => {
  const number = plainNumber(value);
  return typeof number === 'number' ? number : null;
};

/** How often a run may be retried; null when nothing was said. */
export const retriesOf = (policy: JsonObject): number | null => numberOrNull(policy['retries']);

/** Seconds to wait before the retry that follows the given number of attempts. */
export const retryDelaySeconds = (policy: JsonObject, attempts: number): number => {
  const delay = policy['retry_delay'];
  if (!Array.isArray(delay)) return numberOrNull(delay) ?? 0;
  const item: JsonValue | undefined = delay[Math.min(attempts - 1, delay.length - 1)];
  return numberOrNull(item) ?? 0;
};

export const retryJitterOf = (policy: JsonObject): number =>
  numberOrNull(policy['retry_jitter_factor']) ?? 0;

/** The keys of the pauses that a flow run went through. */
export const pauseKeysOf = (policy: JsonObject): readonly string[] =>
  stringList(policy['pause_keys'] ?? null);

export const isResuming = (policy: JsonObject): boolean => policy['resuming'] === true;

/** The changes that put the given entries into a run's policy; none when they are in it already. */
export const policyChanges = (
  policy: JsonObject,
  entries: JsonObject,
): { readonly empiricalPolicy?: JsonObject } => {
  const isSame = Object.entries(entries).every(
    ([key, value]) => JSON.stringify(policy[key]) === JSON.stringify(value),
  );
  return isSame ? {} : { empiricalPolicy: { ...policy, ...entries } };
};
