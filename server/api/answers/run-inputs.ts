import { z } from 'zod';

import { id } from './parts.ts';

export const taskRunResultAnswer = z
  .object({
    input_type: z.literal('task_run').default('task_run'),
    id,
  })
  .meta({ id: 'TaskRunResult' });

export const flowRunResultAnswer = z
  .object({
    input_type: z.literal('flow_run').default('flow_run'),
    id,
  })
  .meta({ id: 'FlowRunResult' });

export const parameterAnswer = z
  .object({
    input_type: z.literal('parameter').default('parameter'),
    name: z.string(),
  })
  .meta({ id: 'Parameter' });

export const constantAnswer = z
  .object({
    input_type: z.literal('constant').default('constant'),
    type: z.string(),
  })
  .meta({ id: 'Constant' });
