import { z } from 'zod';

import { tellAutomation } from '#server/commands/automation/automation-record.ts';
import { createAutomation } from '#server/commands/automation/create-automation.ts';
import {
  deleteAutomation,
  deleteAutomationsOwnedBy,
} from '#server/commands/automation/delete-automation.ts';
import {
  setAutomationEnabled,
  updateAutomation,
} from '#server/commands/automation/update-automation.ts';
import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';
import {
  countAutomations,
  filterAutomations,
} from '#server/queries/automation/filter-automations.ts';
import {
  readAutomation,
  readAutomationsRelatedTo,
} from '#server/queries/automation/read-automation.ts';

import { automationAnswer } from './answers/automation.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody, wholeBody } from './body.ts';
import { notFoundException } from './not-found.ts';
import { limit, limitWithin, offset } from './page.ts';
import { RefusedRequest, type Reply, answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import {
  automationReplacement,
  automationSort,
  automationSwitch,
  newAutomation,
} from './wire/automation/automation.ts';
import { withTriggerTimesRead } from './wire/automation/trigger.ts';
import { automationFilter } from './wire/filters/automation-filter.ts';

const missing = notFoundException('Automation not found');

/** Answers an empty success, or that there is no such automation; whatever else is missing keeps its own words. */
const answerDone = async (work: Promise<unknown>): Promise<Reply> => {
  try {
    await work;
    return noContent;
  } catch (error) {
    if (isServerError(error, 'NOT_FOUND') && error.details['kind'] === 'Automation') return missing;
    throw error;
  }
};

/** Prefect holds the automation as it would be against all its rules, and tells of that what is wrong. */
const loopOnceEnabled = (message: string, automation: unknown): RefusedRequest =>
  new RefusedRequest(
    answer(
      {
        exception_message: 'Invalid request received.',
        exception_detail: [
          {
            type: 'value_error',
            loc: [],
            msg: `Value error, ${message}`,
            input: automation,
            ctx: { error: {} },
            url: 'https://errors.pydantic.dev/2.14/v/value_error',
          },
        ],
        request_body: { enabled: true },
      },
      422,
    ),
  );

const switchAutomation = async (
  ctx: Context,
  wish: { readonly id: string; readonly enabled: boolean | undefined },
): Promise<unknown> => {
  try {
    return await setAutomationEnabled(ctx, wish);
  } catch (error) {
    if (!isServerError(error, 'INVALID')) throw error;
    throw loopOnceEnabled(error.message, error.details['automation']);
  }
};

const automationWrites = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/automations/',
    status: 201,
    answers: automationAnswer,
    body: wholeBody(newAutomation, withTriggerTimesRead),
    handle: async ({ body: { owner_resource: ownerResource, ...definition } }) =>
      answer(tellAutomation(await createAutomation(ctx, { ...definition, ownerResource })), 201),
  }),
  route({
    method: 'PUT',
    path: '/automations/{id:uuid}',
    status: 204,
    body: wholeBody(automationReplacement, withTriggerTimesRead),
    handle: ({ body: replacement, param }) =>
      answerDone(updateAutomation(ctx, { id: param('id'), replacement })),
  }),
  route({
    method: 'PATCH',
    path: '/automations/{id:uuid}',
    status: 204,
    body: wholeBody(automationSwitch),
    handle: ({ body: { enabled }, param }) =>
      answerDone(switchAutomation(ctx, { id: param('id'), enabled })),
  }),
  route({
    method: 'DELETE',
    path: '/automations/{id:uuid}',
    status: 204,
    handle: ({ param }) => answerDone(deleteAutomation(ctx, param('id'))),
  }),
];

const automationReads = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/automations/filter',
    answers: z.array(automationAnswer),
    body: parametersBody({
      sort: automationSort,
      limit,
      offset,
      automations: automationFilter.optional(),
    }),
    handle: async ({ body }) => {
      const found = await filterAutomations(ctx, {
        filter: body.automations ?? {},
        sort: body.sort,
        page: {
          limit: limitWithin(body.limit, ctx.settings.api.defaultLimit),
          offset: body.offset,
        },
      });
      return answer(found.map(tellAutomation));
    },
  }),
  route({
    method: 'POST',
    path: '/automations/count',
    answers: countAnswer,
    body: parametersBody({ automations: automationFilter.optional() }),
    handle: async ({ body }) =>
      answer(await countAutomations(ctx, { filter: body.automations ?? {} })),
  }),
  route({
    method: 'GET',
    path: '/automations/{id:uuid}',
    answers: automationAnswer,
    handle: async ({ param }) => {
      const found = await readAutomation(ctx, param('id'));
      return found === null ? missing : answer(tellAutomation(found));
    },
  }),
];

/** What belongs to a resource, such as the automations that came with a deployment. */
const resourceRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/automations/related-to/{resource_id}',
    answers: z.array(automationAnswer),
    handle: async ({ param }) => {
      const related = await readAutomationsRelatedTo(ctx, param('resource_id'));
      return answer(related.map(tellAutomation));
    },
  }),
  route({
    method: 'DELETE',
    path: '/automations/owned-by/{resource_id}',
    status: 202,
    handle: async ({ param }) => {
      await deleteAutomationsOwnedBy(ctx, param('resource_id'));
      return answer(null, 202);
    },
  }),
];

/** What clients ask about automations, in the order of Prefect's routes. */
export const automationRoutes = (ctx: Context): readonly Route[] => [
  ...automationWrites(ctx),
  ...automationReads(ctx),
  ...resourceRoutes(ctx),
];
