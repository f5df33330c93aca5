import { queryFromInfo } from '@pothos/plugin-prisma';
import { type GraphQLResolveInfo, getNamedType } from 'graphql';

import type { GraphQLContext } from '../context.ts';
import { batched } from './batch.ts';
import type { ListSource } from './list-source.ts';

interface Wanted<Row> {
  readonly hydrate: ListSource<never, Row>['hydrate'];
  readonly ids: readonly string[];
  /** The name of the rows' GraphQL type, where the field's own type does not tell it. */
  readonly typeName?: string;
}

/** The rows with the ids, in their order and without those that are gone; siblings in a list read theirs together. */
export const rowsByIds = <Row>(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  { hydrate, ids, typeName = getNamedType(info.returnType).name }: Wanted<Row>,
): Promise<readonly Row[]> => {
  const selection = queryFromInfo({ context: ctx, info, typeName });
  return batched<readonly string[], readonly Row[]>(ctx, info, {
    key: ids,
    purpose: `rows of ${typeName}`,
    load: async (keys) => {
      const wanted = [...new Set(keys.flat())];
      const found =
        wanted.length === 0 ? new Map<string, Row>() : await hydrate(ctx.server, wanted, selection);
      return keys.map((some) =>
        some.flatMap((id) => {
          const row = found.get(id);
          return row === undefined ? [] : [row];
        }),
      );
    },
  });
};

/** The row with the id, or null; siblings in a list read theirs together. */
export const rowById = async <Row>(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  { hydrate, id }: { readonly hydrate: Wanted<Row>['hydrate']; readonly id: string | null },
): Promise<Row | null> => {
  const [row] = await rowsByIds(ctx, info, { hydrate, ids: id === null ? [] : [id] });
  return row ?? null;
};
