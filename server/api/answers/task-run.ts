import { z } from 'zod';

import { id, instant, integer, labelValue, nullable, pageShape, storedShape } from './parts.ts';
import {
  constantAnswer,
  flowRunResultAnswer,
  parameterAnswer,
  taskRunResultAnswer,
} from './run-inputs.ts';
import { durationsShape, progressShape } from './run-times.ts';
import { stateAnswer } from './state.ts';

const taskRunPolicyAnswer = z
  .object({
    max_retries: integer.default(0),
    retry_delay_seconds: z.number().default(0),
    retries: nullable(integer),
    retry_delay: nullable(z.union([integer, z.number(), z.array(integer), z.array(z.number())])),
    retry_jitter_factor: nullable(z.number()),
  })
  .meta({ id: 'TaskRunPolicy' });

const taskInputAnswer = z.union([
  taskRunResultAnswer,
  flowRunResultAnswer,
  parameterAnswer,
  constantAnswer,
]);

const shortShape = {
  ...storedShape,
  name: z.string().optional(),
  flow_run_id: nullable(id),
  task_key: z.string(),
  state_id: nullable(id),
  task_version: nullable(z.string()),
  task_inputs: z.record(z.string(), z.array(taskInputAnswer)).optional(),
  empirical_policy: taskRunPolicyAnswer.optional(),
  tags: z.array(z.string()).optional(),
};

const taskRunShape = {
  ...shortShape,
  ...progressShape,
  dynamic_key: z.string(),
  cache_key: nullable(z.string()),
  cache_expiration: nullable(instant),
  labels: nullable(z.record(z.string(), labelValue)),
  flow_run_run_count: integer.default(0),
};

export const taskRunAnswer = z.object(taskRunShape).meta({ id: 'TaskRun' });

/** A task run as a numbered page shows it, with less. */
const pagedTaskRunAnswer = z
  .object({ ...shortShape, ...durationsShape, state: nullable(stateAnswer) })
  .meta({ id: 'TaskRunResponse' });

export const taskRunPaginationAnswer = z
  .object({ results: z.array(pagedTaskRunAnswer), ...pageShape })
  .meta({ id: 'TaskRunPaginationResponse' });

export const uiTaskRunAnswer = z
  .object({ ...taskRunShape, flow_run_name: nullable(z.string()) })
  .meta({ id: 'UITaskRun' });
