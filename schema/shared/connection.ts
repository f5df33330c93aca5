import { queryFromInfo } from '@pothos/plugin-prisma';
import { type GraphQLResolveInfo, getNamedType } from 'graphql';

import { expressionsFor } from '#server/db/expressions.ts';
import { type Condition, every } from '#server/queries/criteria.ts';
import {
  type KeyTerm,
  type KeyedRow,
  type KeysetList,
  countParts,
  readKeys,
} from '#server/queries/keyset.ts';

import type { GraphQLContext } from '../context.ts';
import { batched } from './batch.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ListSource, OrderWish, Selection } from './list-source.ts';
import { type PageArguments, pageSize } from './page-arguments.ts';
import { selectsField } from './selects-field.ts';
import { type RawFilter, toFilter } from './to-filter.ts';

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** A page of a list, and the way to count the whole list. */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly count: (info: GraphQLResolveInfo, cap: number | null) => Promise<number>;
}

interface ConnectionArguments extends PageArguments {
  readonly filter?: RawFilter | null | undefined;
  readonly orderBy?: readonly OrderWish[] | null | undefined;
}

interface ConnectionRequest<Filter extends object, Row> {
  readonly source: ListSource<Filter, Row>;
  readonly args: ConnectionArguments;
  /** Narrows the list to what belongs to the object whose field this is. */
  readonly within?: Filter;
}

interface Order {
  readonly signature: string;
  readonly terms: readonly KeyTerm[];
}

const toOrder = <Filter extends object, Row>(
  source: ListSource<Filter, Row>,
  wishes: readonly OrderWish[] | null | undefined,
): Order => {
  const given = wishes === null || wishes === undefined || wishes.length === 0 ? null : wishes;
  const used = (given ?? source.defaultOrder).slice(0, 3);
  const terms = used.flatMap((wish): KeyTerm[] => {
    const column = source.columns[wish.field];
    if (column === undefined || column.by === source.id) return [];
    return [{ ...column, direction: wish.direction === 'ASC' ? 'asc' : 'desc' }];
  });
  const direction = (used.at(-1)?.direction ?? 'ASC') === 'ASC' ? 'asc' : 'desc';
  return {
    signature: [source.typeName, ...used.map((wish) => `${wish.field}.${wish.direction}`)].join(
      ',',
    ),
    terms: [...terms, { by: source.id, direction, isNullable: false }],
  };
};

const EMPTY: Selection = {};

/** What the operation wants of the nodes; nothing when the type's rows are not read through Prisma. */
const nodeSelection = (
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  typeName: string,
): Selection => {
  const type = info.schema.getType(typeName);
  if (type === undefined || type.extensions['pothosPrismaModel'] === undefined) return EMPTY;
  return queryFromInfo({ context, info, typeName, paths: [['nodes'], ['edges', 'node']] });
};

const readPage = async <Filter extends object, Row>(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  request: {
    readonly source: ListSource<Filter, Row>;
    readonly list: KeysetList;
    readonly where: Condition;
    /** What is wanted of the rows; null when only their keys are. */
    readonly selection: Selection | null;
  },
): Promise<readonly { readonly key: KeyedRow; readonly row: Row | undefined }[]> =>
  batched<Condition, readonly { readonly key: KeyedRow; readonly row: Row | undefined }[]>(
    ctx,
    info,
    {
      key: request.where,
      purpose: 'page',
      load: async (parts) => {
        const { source, list, selection } = request;
        const pages = await readKeys(
          ctx.server,
          list,
          parts.map((where) => ({ where })),
        );
        const ids = [...new Set(pages.flat().map((key) => key.id))];
        const rows =
          ids.length === 0 || selection === null
            ? new Map<string, Row>()
            : await source.hydrate(ctx.server, ids, selection);
        return pages.map((keys) => keys.map((key) => ({ key, row: rows.get(key.id) })));
      },
    },
  );

/** Resolves a field that is a connection, for the root and for the many objects of a list alike. */
export const resolveConnection = async <Filter extends object, Row>(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  { source, args, within }: ConnectionRequest<Filter, Row>,
): Promise<Connection<Row>> => {
  const { size, isBackward } = pageSize(args);
  const order = toOrder(source, args.orderBy);
  const terms = order.terms.length;
  const read = (cursor: string | null | undefined) =>
    cursor === null || cursor === undefined
      ? null
      : decodeCursor(order.signature, { cursor, terms });
  const page = { limit: size + 1, after: read(args.after), before: read(args.before), isBackward };
  const words = expressionsFor(ctx.server.db.dialect.name);
  const own = source.where(words, toFilter<Filter>(args.filter));
  const where = within === undefined ? own : every([source.where(words, within), own]);
  const list = { table: source.table, order: order.terms, page };
  // Asked for by each object of a list, although one of them reads for all: the plugin notes for each what was read.
  const selection = selectsField(info, ['nodes', 'edges'])
    ? nodeSelection(ctx, info, source.typeName)
    : null;
  const isPageRead = selection !== null || selectsField(info, ['pageInfo']);
  const found = isPageRead ? await readPage(ctx, info, { source, list, where, selection }) : [];
  const hasMore = found.length > size;
  const shown = hasMore ? (isBackward ? found.slice(1) : found.slice(0, size)) : found;
  const cursorOf = (key: KeyedRow): string => encodeCursor(order.signature, key.values);
  const [first] = shown;
  const last = shown.at(-1);
  return {
    // A row that went between the two reads is left out.
    edges: shown.flatMap(({ key, row }) =>
      row === undefined ? [] : [{ cursor: cursorOf(key), node: row }],
    ),
    pageInfo: {
      hasNextPage: isBackward ? page.before !== null : hasMore,
      hasPreviousPage: isBackward ? hasMore : page.after !== null,
      startCursor: first === undefined ? null : cursorOf(first.key),
      endCursor: last === undefined ? null : cursorOf(last.key),
    },
    count: (countInfo, cap) =>
      batched<Condition, number>(ctx, countInfo, {
        key: where,
        purpose: 'count',
        load: (parts) =>
          countParts(
            ctx.server,
            { table: source.table, cap },
            parts.map((part) => ({ where: part })),
          ),
      }),
  };
};

/** The first row of a list for each object of another list, such as the last run of each flow. */
export const resolveFirst = async <Filter extends object, Row>(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  {
    source,
    within,
    orderBy,
  }: {
    readonly source: ListSource<Filter, Row>;
    readonly within: Filter;
    readonly orderBy: readonly OrderWish[];
  },
): Promise<Row | null> => {
  const words = expressionsFor(ctx.server.db.dialect.name);
  const list = {
    table: source.table,
    order: toOrder(source, orderBy).terms,
    page: { limit: 1, after: null, before: null, isBackward: false },
  };
  const typeName = getNamedType(info.returnType).name;
  const selection = queryFromInfo({ context: ctx, info, typeName });
  return batched<Condition, Row | null>(ctx, info, {
    key: source.where(words, within),
    purpose: 'first',
    load: async (parts) => {
      const pages = await readKeys(
        ctx.server,
        list,
        parts.map((part) => ({ where: part })),
      );
      const ids = pages.flat().map((key) => key.id);
      const rows =
        ids.length === 0
          ? new Map<string, Row>()
          : await source.hydrate(ctx.server, ids, selection);
      return pages.map(([key]) => rows.get(key?.id ?? '') ?? null);
    },
  });
};
