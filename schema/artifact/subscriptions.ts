import { GraphQLError } from 'graphql';

import type { Context } from '#server/context.ts';
import { readArtifactCollection } from '#server/queries/artifact/read-artifact.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followMembers } from '../streams/member-changes.ts';
import { Artifact } from './object.ts';

const MAX_PRESENT = 200;

const ArtifactChange = defineChange('ArtifactChange', 'an artifact', (t) => ({
  artifact: t.field({
    type: Artifact,
    nullable: true,
    description: 'The artifact as it is now; null when it is gone.',
    resolve: ({ id }, _args, ctx) => ctx.server.db.prisma.artifact.findUnique({ where: { id } }),
  }),
}));

const ofFlowRun = async (ctx: Context, flowRunId: string): Promise<readonly string[]> => {
  const found = await ctx.db.prisma.artifact.findMany({
    where: { flowRunId },
    select: { id: true },
    orderBy: { created: 'desc' },
    take: MAX_PRESENT,
  });
  return found.map(({ id }) => id).toReversed();
};

const newestOfKey = async (ctx: Context, key: string): Promise<readonly string[]> => {
  const collection = await readArtifactCollection(ctx, key);
  return collection === null ? [] : [collection.latestId];
};

builder.subscriptionField('artifact', (t) =>
  t.field({
    type: ArtifactChange,
    description:
      'The artifacts of a flow run, at most the newest 200, or the newest of a key: as they are now, then as they change.',
    args: {
      flowRunId: t.arg.id({ description: 'The id of the flow run.' }),
      key: t.arg.string({ description: 'The key.' }),
    },
    subscribe: (_root, { flowRunId, key }, { server }, info) => {
      const compare = comparing(server, info, { table: 'artifact', typeName: 'Artifact' });
      if (flowRunId) {
        const members = () => ofFlowRun(server, storedId(flowRunId));
        return followMembers(server, { topic: 'artifact', members, compare });
      }
      if (key)
        return followMembers(server, {
          topic: 'artifact',
          members: () => newestOfKey(server, key),
          compare,
        });
      throw new GraphQLError('Give `flowRunId` or `key`.', {
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
    resolve: (change) => change,
  }),
);
