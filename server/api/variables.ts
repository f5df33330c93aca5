import { z } from 'zod';

import type { VariableRow } from '#prisma/tables.ts';
import {
  type VariableKey,
  createVariable,
  deleteVariable,
  updateVariable,
} from '#server/commands/variable/variable-commands.ts';
import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';
import { countVariables, filterVariables } from '#server/queries/variable/filter-variables.ts';
import { readVariable, readVariableByName } from '#server/queries/variable/read-variable.ts';

import { countAnswer } from './answers/parts.ts';
import { variableAnswer } from './answers/variable.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { variableFilter } from './wire/filters/variable-filter.ts';
import { newVariable, variableChanges, variableSort, variableToWire } from './wire/variable.ts';

const missing = refusal(404, 'Variable not found.');

const answerVariable = (variable: VariableRow | null): Reply =>
  variable === null ? missing : answer(variableToWire(variable));

/** Answers an empty success, or that there is no such variable. */
const answerDone = async (work: Promise<unknown>): Promise<Reply> => {
  try {
    await work;
    return noContent;
  } catch (error) {
    if (isServerError(error, 'NOT_FOUND')) return missing;
    throw error;
  }
};

/** The same three operations for both ways of naming a variable. */
const keyedRoutes = (
  ctx: Context,
  address: {
    readonly path: string;
    readonly param: string;
    readonly keyOf: (text: string) => VariableKey;
    readonly read: (text: string) => Promise<VariableRow | null>;
  },
): readonly Route[] => [
  route({
    method: 'GET',
    path: address.path,
    answers: variableAnswer,
    handle: async ({ param }) => answerVariable(await address.read(param(address.param))),
  }),
  route({
    method: 'PATCH',
    path: address.path,
    status: 204,
    body: wholeBody(variableChanges),
    handle: ({ body: changes, param }) =>
      answerDone(updateVariable(ctx, { key: address.keyOf(param(address.param)), changes })),
  }),
  route({
    method: 'DELETE',
    path: address.path,
    status: 204,
    handle: ({ param }) => answerDone(deleteVariable(ctx, address.keyOf(param(address.param)))),
  }),
];

/** What clients ask about variables. */
export const variableRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/variables/',
    status: 201,
    answers: variableAnswer,
    body: wholeBody(newVariable),
    handle: async ({ body }) => answer(variableToWire(await createVariable(ctx, body)), 201),
  }),
  ...keyedRoutes(ctx, {
    path: '/variables/name/{name}',
    param: 'name',
    keyOf: (name) => ({ name }),
    read: (name) => readVariableByName(ctx, name),
  }),
  ...keyedRoutes(ctx, {
    path: '/variables/{id:uuid}',
    param: 'id',
    keyOf: (id) => ({ id }),
    read: (id) => readVariable(ctx, id),
  }),
  route({
    method: 'POST',
    path: '/variables/filter',
    answers: z.array(variableAnswer),
    body: parametersBody({
      limit,
      offset,
      variables: variableFilter.optional(),
      sort: variableSort,
    }),
    handle: async ({ body }) => {
      const page = {
        limit: limitWithin(body.limit, ctx.settings.api.defaultLimit),
        offset: body.offset,
      };
      const found = await filterVariables(ctx, {
        filter: body.variables ?? {},
        sort: body.sort,
        page,
      });
      return answer(found.map(variableToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/variables/count',
    answers: countAnswer,
    body: parametersBody({ variables: variableFilter.optional() }),
    handle: async ({ body }) => answer(await countVariables(ctx, { filter: body.variables ?? {} })),
  }),
];
