import type { Context } from '#server/context.ts';
import { readEnds } from '#server/queries/journal/read-changes.ts';
import { publishedSettings } from '#server/settings/published.ts';

import { builder } from '../builder.ts';
import { LIMITS } from '../limits/limits.ts';
import { MAX_PAGE } from '../shared/page-arguments.ts';

/** The version of Prefect's REST interface that is spoken beside this one. */
const REST_VERSION = '0.8.4';
const MAX_SUBSCRIPTIONS = 100;

const ServerLimits = builder.objectRef<object>('ServerLimits').implement({
  description: 'How large operations may be.',
  fields: (t) => ({
    maxPageSize: t.int({ description: 'Rows of a page.', resolve: () => MAX_PAGE }),
    maxDepth: t.int({ description: 'Levels of fields.', resolve: () => LIMITS.depth }),
    maxComplexity: t.int({
      description: 'The cost of an operation: its fields, more for those in lists and for counts.',
      resolve: () => LIMITS.complexity,
    }),
    maxNodes: t.int({
      description: 'Rows that all lists of an operation could give together.',
      resolve: () => LIMITS.nodes,
    }),
    maxSubscriptionsPerConnection: t.int({
      description: 'Operations that go on at once on one socket.',
      resolve: () => MAX_SUBSCRIPTIONS,
    }),
  }),
});

const canRead = async (ctx: Context): Promise<boolean> => {
  try {
    await readEnds(ctx);
    return true;
  } catch (error) {
    ctx.log.warn({ err: error }, 'The database does not answer.');
    return false;
  }
};

export const Server = builder.objectRef<object>('Server').implement({
  description: 'The server itself.',
  fields: (t) => ({
    version: t.string({
      description: 'The version of Prefect that it stands for.',
      resolve: (_server, _args, ctx) => ctx.server.settings.prefectVersion,
    }),
    apiVersion: t.string({
      description: 'The version of the REST interface it speaks.',
      resolve: () => REST_VERSION,
    }),
    healthy: t.boolean({ description: 'Whether it is there, which it is.', resolve: () => true }),
    ready: t.boolean({
      description: 'Whether its database answers.',
      resolve: (_server, _args, ctx) => canRead(ctx.server),
    }),
    settings: t.field({
      type: 'JSONObject',
      description: 'Its settings, secrets masked.',
      resolve: (_server, _args, ctx) => publishedSettings(ctx.server.settings),
    }),
    limits: t.field({
      type: ServerLimits,
      description: 'How large operations may be.',
      resolve: () => ({}),
    }),
  }),
});
