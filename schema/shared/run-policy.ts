import { type JsonObject, stringList } from '#server/json.ts';

import { builder } from '../builder.ts';

export const RetryType = builder.enumType('RetryType', {
  description: 'Who starts a run again.',
  values: {
    IN_PROCESS: { description: 'The process that ran it.' },
    RESCHEDULE: { description: 'A worker, as if it had just been scheduled.' },
  },
});

const numberOf = (policy: JsonObject, key: string): number | null => {
  const value = policy[key];
  return typeof value === 'number' ? value : null;
};

const delays = (policy: JsonObject): number[] | null => {
  const value = policy['retry_delay'] ?? null;
  if (typeof value === 'number') return [value];
  if (!Array.isArray(value)) return null;
  return value.filter((delay): delay is number => typeof delay === 'number');
};

export const RunPolicy = builder.objectRef<JsonObject>('RunPolicy').implement({
  description: 'How a run is retried and what orchestration remembers of its pauses.',
  fields: (t) => ({
    retries: t.int({
      nullable: true,
      description: 'How often it is retried after a failure.',
      resolve: (policy) => numberOf(policy, 'retries'),
    }),
    retryDelaySeconds: t.floatList({
      nullable: true,
      description: 'How long to wait before each retry; the last one holds for all further ones.',
      resolve: delays,
    }),
    retryJitterFactor: t.float({
      nullable: true,
      description: 'By how much the delays vary at random.',
      resolve: (policy) => numberOf(policy, 'retry_jitter_factor'),
    }),
    pauseKeys: t.stringList({
      nullable: true,
      description: 'The pauses it has been through.',
      resolve: (policy) =>
        Array.isArray(policy['pause_keys']) ? [...stringList(policy['pause_keys'])] : null,
    }),
    resuming: t.boolean({
      nullable: true,
      description: 'Whether it is on its way out of a pause.',
      resolve: (policy) => (typeof policy['resuming'] === 'boolean' ? policy['resuming'] : null),
    }),
    retryType: t.field({
      type: RetryType,
      nullable: true,
      description: 'Who starts it again.',
      resolve: (policy) => {
        if (policy['retry_type'] === 'in_process') return 'IN_PROCESS';
        return policy['retry_type'] === 'reschedule' ? 'RESCHEDULE' : null;
      },
    }),
  }),
});
