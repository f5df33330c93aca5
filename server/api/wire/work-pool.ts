import type { WorkPoolRow } from '#prisma/tables.ts';
import { AGENT_POOL_TYPE, type NewWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import type { WorkPoolChanges } from '#server/commands/work-pool/update-work-pool.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';
import { baseJobTemplateFault } from '#server/parameters/base-job-template.ts';
import { formatInstant } from '#server/time.ts';

import { columnInteger } from './column-integer.ts';
import { optional } from './filters/criteria.ts';
import { toErrorItems } from './pydantic/error-items.ts';
import {
  Refusal,
  type Schema,
  describedAs,
  refuse,
  refuseValue,
  schemaOf,
} from './pydantic/refusal.ts';
import { boolean, nameText, text, uuid } from './pydantic/scalar.ts';
import { dictionary, model } from './pydantic/shapes.ts';

const readBaseJobTemplate = (value: unknown): JsonObject | Refusal => {
  if (!isJsonObject(value)) return refuse('dict_type', 'Input should be a valid dictionary');
  const fault = baseJobTemplateFault(value);
  return fault === null ? value : refuseValue(fault);
};

const baseJobTemplate = describedAs(schemaOf(readBaseJobTemplate), () => dictionary);

/** A blank name is refused in words of its own, before anything else is said of it. */
const poolName: Schema<string> = describedAs(
  schemaOf((value) => {
    if (typeof value === 'string' && value.trim() === '') {
      return refuseValue('name cannot be an empty string');
    }
    const result = nameText.safeParse(value);
    if (result.success) return result.data;
    return new Refusal(toErrorItems(result.error, { root: value, loc: [] }));
  }),
  () => nameText,
);

const storageConfiguration: Schema<JsonObject> = model({
  bundle_upload_step: optional(dictionary),
  bundle_execution_step: optional(dictionary),
  default_result_storage_block_id: optional(uuid),
}).transform((given) => ({
  bundle_upload_step: given.bundle_upload_step ?? null,
  bundle_execution_step: given.bundle_execution_step ?? null,
  default_result_storage_block_id: given.default_result_storage_block_id ?? null,
}));

/** The body that makes a work pool. */
export const newWorkPool: Schema<NewWorkPool> = model({
  name: poolName,
  description: optional(text()),
  type: text().optional().meta({ default: 'prefect-agent' }),
  base_job_template: baseJobTemplate.optional(),
  is_paused: boolean.optional().meta({ default: false }),
  concurrency_limit: optional(columnInteger({ atLeast: 0 })),
  storage_configuration: storageConfiguration.optional(),
}).transform((body) => ({
  name: body.name,
  description: body.description,
  type: body.type,
  baseJobTemplate: body.base_job_template,
  isPaused: body.is_paused,
  concurrencyLimit: body.concurrency_limit,
  storageConfiguration: body.storage_configuration,
}));

/** The body that changes a work pool. */
export const workPoolChanges: Schema<WorkPoolChanges> = model({
  description: optional(text()),
  is_paused: optional(boolean),
  base_job_template: optional(baseJobTemplate),
  concurrency_limit: optional(columnInteger({ atLeast: 0 })),
  storage_configuration: optional(storageConfiguration),
}).transform((body) => ({
  description: body.description,
  isPaused: body.is_paused ?? undefined,
  baseJobTemplate: body.base_job_template ?? undefined,
  concurrencyLimit: body.concurrency_limit,
  storageConfiguration: body.storage_configuration ?? undefined,
}));

/** Whether a client is too old to know the block of results in a pool's storage. */
const hidesResultStorage = (clientVersion: string | null): boolean => {
  const [major = 0, minor = 0, patch = 0] = (clientVersion ?? '').split('.').map(Number);
  if (clientVersion === null || major !== 3) return major > 0 && major < 3;
  return minor < 3 || (minor === 3 && patch <= 7);
};

export interface ShownWorkPool {
  readonly pool: WorkPoolRow;
  /** How many runs hold a slot of the pool; counts only where there is a limit. */
  readonly activeSlots: number;
  readonly clientVersion: string | null;
}

const storageToWire = (stored: JsonObject, clientVersion: string | null): JsonObject => {
  const {
    bundle_upload_step = null,
    bundle_execution_step = null,
    default_result_storage_block_id = null,
  } = stored;
  const known = { bundle_upload_step, bundle_execution_step };
  return hidesResultStorage(clientVersion) ? known : { ...known, default_result_storage_block_id };
};

/** The fields in Prefect's order; pools of agents have no status. */
export const workPoolToWire = ({ pool, activeSlots, clientVersion }: ShownWorkPool) => ({
  id: pool.id,
  created: formatInstant(pool.created),
  updated: formatInstant(pool.updated),
  name: pool.name,
  description: pool.description,
  type: pool.type,
  base_job_template: pool.baseJobTemplate,
  is_paused: pool.isPaused,
  concurrency_limit: pool.concurrencyLimit,
  status: pool.type === AGENT_POOL_TYPE ? null : pool.status,
  default_queue_id: pool.defaultQueueId,
  storage_configuration: storageToWire(pool.storageConfiguration, clientVersion),
  active_slots: pool.concurrencyLimit === null ? null : activeSlots,
});
