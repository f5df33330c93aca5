import type { JsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
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

/** The policy as it is stored, with Prefect's keys. */
export const toPolicy = (policy: Given): JsonObject => ({
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: policy.retries ?? null,
  retry_delay: delayOf(policy.retryDelaySeconds),
  retry_jitter_factor: policy.retryJitterFactor ?? null,
  pause_keys: policy.pauseKeys ?? [],
  resuming: policy.resuming ?? false,
  retry_type: policy.retryType?.toLowerCase() ?? null,
});
