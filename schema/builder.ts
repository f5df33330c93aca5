import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';

import { getDatamodel } from '#prisma/pothos-types.ts';
import type PrismaTypes from '#prisma/pothos-types.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import type { GraphQLContext } from './context.ts';

/** The one builder that all types are made with; it defines none itself. */
export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Micros; Output: number | bigint };
    JSON: { Input: JsonValue; Output: unknown };
    JSONObject: { Input: JsonObject; Output: unknown };
  };
}>({
  plugins: [ErrorsPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true },
  prisma: {
    client: (ctx) => ctx.server.db.prisma,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    onUnusedQuery: null,
  },
});
