import type { JsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { given } from './given.ts';
import { RetryType } from './run-policy.ts';

export const RunPolicyInput = builder.inputType('RunPolicyInput', {
  description: 'How a run is to be retried and what is to be remembered of its pauses.',
  fields: (t) => ({
    retries: t.int({ description: 'How often it is retried after a failure.' }),
    retryDelaySeconds: t.floatList({ description: 'How long to wait before each retry.' }),
    retryJitterFactor: t.float({ description: 'By how much the delays vary at random.' }),
    pauseKeys: t.stringList({ description: 'The pauses it has been through.' }),
    resuming: t.boolean({ description: 'Whether it is on its way out of a pause.' }),
    retryType: t.field({ type: RetryType, description: 'Who starts it again.' }),
  }),
});

interface Given {
  readonly retries?: number | null | undefined;
  readonly retryDelaySeconds?: readonly number[] | null | undefined;
  readonly retryJitterFactor?: number | null | undefined;
  readonly pauseKeys?: readonly string[] | null | undefined;
  readonly resuming?: boolean | null | undefined;
  readonly retryType?: 'IN_PROCESS' | 'RESCHEDULE' | null | undefined;
}

const delayOf = (delays: readonly number[] | null | undefined) =>
  delays?.length === 1 ? (delays[0] ?? null) : (delays ?? null);

const retriesOf = (policy: Given) => ({
  retries: policy.retries ?? undefined,
  retry_delay: delayOf(policy.retryDelaySeconds) ?? undefined,
});

/** What is given of the policy of a flow run, with Prefect's keys. */
export const toFlowRunPolicy = (policy: Given): JsonObject =>
  given({
    ...retriesOf(policy),
    pause_keys: policy.pauseKeys ?? undefined,
    resuming: policy.resuming ?? undefined,
    retry_type: policy.retryType?.toLowerCase(),
  });

/** What is given of the policy of a task run, with Prefect's keys. */
export const toTaskRunPolicy = (policy: Given): JsonObject =>
  given({ ...retriesOf(policy), retry_jitter_factor: policy.retryJitterFactor ?? undefined });
