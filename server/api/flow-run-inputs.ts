import { z } from 'zod';

import type { FlowRunInputRow } from '#prisma/tables.ts';
import {
  createFlowRunInput,
  deleteFlowRunInput,
  filterFlowRunInputs,
  readFlowRunInput,
} from '#server/commands/flow-run/flow-run-inputs.ts';
import type { Context } from '#server/context.ts';
import { formatInstant } from '#server/time.ts';

import { flowRunInputAnswer } from './answers/flow-run.ts';
import { parametersBody } from './body.ts';
import { answer, answerText, noContent, plain, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { optional } from './wire/filters/criteria.ts';
import { integer } from './wire/pydantic/number.ts';
import { text } from './wire/pydantic/scalar.ts';
import { texts } from './wire/pydantic/shapes.ts';

const CREATED = answerText('null', 201);

const inputToWire = (input: FlowRunInputRow) => ({
  id: input.id,
  created: formatInstant(input.created),
  updated: formatInstant(input.updated),
  flow_run_id: input.flowRunId,
  key: input.key,
  value: input.value,
  sender: input.sender,
});

/** The inputs that a flow run is sent while it runs or waits. */
export const flowRunInputRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flow_runs/{id:uuid}/input',
    status: 201,
    body: parametersBody({ key: text(), value: text(), sender: optional(text()) }),
    handle: async ({ body: { key, value, sender = null }, param }) => {
      await createFlowRunInput(ctx, { flowRunId: param('id'), key, value, sender });
      return CREATED;
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/{id:uuid}/input/filter',
    answers: z.array(flowRunInputAnswer),
    body: parametersBody({
      prefix: text(),
      limit: integer().default(1),
      exclude_keys: texts.default([]).meta({ default: [] }),
    }),
    handle: async ({ body: { prefix, limit, exclude_keys: excludeKeys }, param }) => {
      const flowRunId = param('id');
      const inputs = await filterFlowRunInputs(ctx, { flowRunId, prefix, limit, excludeKeys });
      return answer(inputs.map(inputToWire));
    },
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}/input/{key}',
    handle: async ({ param }) => {
      const input = await readFlowRunInput(ctx, { flowRunId: param('id'), key: param('key') });
      return input === null ? refusal(404, 'Flow run input not found') : plain(input.value);
    },
  }),
  route({
    method: 'DELETE',
    path: '/flow_runs/{id:uuid}/input/{key}',
    status: 204,
    handle: async ({ param }) => {
      await deleteFlowRunInput(ctx, { flowRunId: param('id'), key: param('key') });
      return noContent;
    },
  }),
];
