import { z } from 'zod';

import {
  createBlockSchema,
  deleteBlockSchema,
} from '#server/commands/block-schema/block-schema-commands.ts';
import type { Context } from '#server/context.ts';
import {
  type BlockSchemaView,
  filterBlockSchemas,
  listBlockCapabilities,
  readBlockSchema,
  readBlockSchemaByChecksum,
} from '#server/queries/block-schema/read-block-schemas.ts';

import { blockSchemaAnswer } from './answers/block.ts';
import { parametersBody, wholeBody } from './body.ts';
import { type OwnAddress, createOwnAddress } from './own-address.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { blockSchemaToWire, newBlockSchema, spelledFields } from './wire/block-schema.ts';
import { blockSchemaFilter } from './wire/filters/block-filter.ts';
import { optional } from './wire/filters/criteria.ts';
import { text } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';

const answerSchema = (schema: BlockSchemaView | null, own: string, status = 200): Reply =>
  schema === null
    ? refusal(404, 'Block schema not found')
    : answer(blockSchemaToWire(schema, own), status);

const singleRoutes = (ctx: Context, ownAddress: OwnAddress): readonly Route[] => [
  route({
    method: 'POST',
    path: '/block_schemas/',
    status: 201,
    answers: blockSchemaAnswer,
    body: wholeBody(newBlockSchema),
    handle: async ({ body, bodyText, headers }) => {
      const { schema, isCreated } = await createBlockSchema(ctx, {
        blockTypeId: body.block_type_id,
        fields: spelledFields(bodyText),
        capabilities: body.capabilities,
        version: body.version,
      });
      const view = await readBlockSchema(ctx, schema.id);
      return answerSchema(view, ownAddress(headers), createdStatus(isCreated));
    },
  }),
  route({
    method: 'DELETE',
    path: '/block_schemas/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteBlockSchema(ctx, param('id'));
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/block_schemas/{id:uuid}',
    answers: blockSchemaAnswer,
    handle: async ({ param, headers }) =>
      answerSchema(await readBlockSchema(ctx, param('id')), ownAddress(headers)),
  }),
  route({
    method: 'GET',
    path: '/block_schemas/checksum/{checksum}',
    answers: blockSchemaAnswer,
    query: openModel({ version: optional(text()) }),
    handle: async ({ param, query, headers }) =>
      answerSchema(
        await readBlockSchemaByChecksum(ctx, {
          checksum: param('checksum'),
          version: query.version ?? null,
        }),
        ownAddress(headers),
      ),
  }),
];

/** What clients ask about block schemas, and what blocks can do. */
export const blockSchemaRoutes = (ctx: Context): readonly Route[] => {
  const ownAddress = createOwnAddress(ctx.settings);
  return [
    ...singleRoutes(ctx, ownAddress),
    route({
      method: 'POST',
      path: '/block_schemas/filter',
      answers: z.array(blockSchemaAnswer),
      body: parametersBody({ block_schemas: blockSchemaFilter.optional(), limit, offset }),
      handle: async ({ body, headers }) => {
        const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
        const schemas = await filterBlockSchemas(ctx, {
          filter: body.block_schemas ?? {},
          page: { limit: size, offset: body.offset },
        });
        const own = ownAddress(headers);
        return answer(schemas.map((schema) => blockSchemaToWire(schema, own)));
      },
    }),
    route({
      method: 'GET',
      path: '/block_capabilities/',
      answers: z.array(z.string()),
      handle: async () => answer(await listBlockCapabilities(ctx)),
    }),
  ];
};
