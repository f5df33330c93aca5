import type { Artifact as ArtifactRow } from '#prisma/client/sqlite/client.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { objectIn } from '../shared/values.ts';

const ArtifactType = builder.enumType('ArtifactType', {
  description: 'The kinds of artifact that can be shown.',
  values: {
    MARKDOWN: { description: 'Text with marks.' },
    TABLE: { description: 'Rows and columns.' },
    LINK: { description: 'An address.' },
    PROGRESS: { description: 'A share of work that is done.' },
    IMAGE: { description: 'A picture somewhere else.' },
    RESULT: { description: 'What a run returned.' },
    OTHER: { description: 'A kind of its maker.' },
  },
});

type Kind = typeof ArtifactType.$inferType;

const KINDS: Readonly<Record<string, Kind>> = {
  markdown: 'MARKDOWN',
  table: 'TABLE',
  link: 'LINK',
  progress: 'PROGRESS',
  image: 'IMAGE',
  result: 'RESULT',
};

const kindOf = (row: ArtifactRow): Kind => KINDS[row.type ?? ''] ?? 'OTHER';

const TYPENAMES: Readonly<Partial<Record<Kind, string>>> = {
  MARKDOWN: 'MarkdownArtifact',
  TABLE: 'TableArtifact',
  LINK: 'LinkArtifact',
  PROGRESS: 'ProgressArtifact',
  IMAGE: 'ImageArtifact',
};

/** The name of the type that shows an artifact. */
export const artifactTypename = (row: ArtifactRow): string =>
  TYPENAMES[kindOf(row)] ?? 'GenericArtifact';

/** Makers keep a table as text of JSON, or as the JSON itself. */
const dataOf = (row: ArtifactRow): unknown => {
  if (typeof row.data !== 'string') return row.data;
  try {
    return JSON.parse(row.data);
  } catch {
    return row.data;
  }
};

export const Artifact = builder.interfaceRef<ArtifactRow>('Artifact').implement({
  description: 'Something that a run left for people to look at.',
  interfaces: [Resource, Node],
  resolveType: artifactTypename,
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (row) => `prefect.artifact.${row.id}`,
    }),
    key: t.exposeString('key', {
      nullable: true,
      description: 'What it shares with earlier artifacts of the same thing.',
    }),
    type: t.field({ type: ArtifactType, description: 'Its kind.', resolve: kindOf }),
    rawType: t.exposeString('type', {
      nullable: true,
      description: 'Its kind as it was given.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is about.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Notes of its maker.',
      resolve: (row) => objectIn(row.metadata),
    }),
    data: t.expose('data', { type: 'JSON', nullable: true, description: 'Its content.' }),
    isLatest: t.boolean({
      description: 'Whether it is the newest of its key.',
      resolve: async (row, _args, ctx) => {
        if (row.key === null) return true;
        const collection = await ctx.server.db.prisma.artifactCollection.findUnique({
          where: { key: row.key },
          select: { latestId: true },
        });
        return collection?.latestId === row.id;
      },
    }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      nullable: true,
      description: 'The flow run that made it.',
      resolve: (query, row, _args, ctx) =>
        row.flowRunId === null
          ? null
          : ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id: row.flowRunId } }),
    }),
    taskRun: t.prismaField({
      type: 'TaskRun',
      nullable: true,
      description: 'The task run that made it.',
      resolve: (query, row, _args, ctx) =>
        row.taskRunId === null
          ? null
          : ctx.server.db.prisma.taskRun.findUnique({ ...query, where: { id: row.taskRunId } }),
    }),
  }),
});

// In this order: fields of a later interface take the place of those of an earlier one, whose `createdAt` reads a column.
const interfaces = [Node, Resource, Artifact];

builder.objectType(builder.objectRef<ArtifactRow>('MarkdownArtifact'), {
  description: 'An artifact of text with marks.',
  interfaces,
  fields: (t) => ({
    markdown: t.string({ description: 'The text.', resolve: (row) => textOf(row.data) }),
  }),
});

const textOf = (data: unknown): string =>
  typeof data === 'string' ? data : JSON.stringify(data ?? '');

const tableRows = (row: ArtifactRow): readonly JsonObject[] => {
  const data = dataOf(row);
  if (Array.isArray(data)) {
    return data.map((item: unknown) => (isJsonObject(item) ? item : { value: item as never }));
  }
  if (!isJsonObject(data)) return [];
  // A table may come as columns: `{ name: [values] }`.
  const columns = Object.entries(data);
  const height = Math.max(
    0,
    ...columns.map(([, cells]) => (Array.isArray(cells) ? cells.length : 1)),
  );
  return Array.from({ length: height }, (_unused, index) =>
    Object.fromEntries(
      columns.map(([name, cells]) => [name, Array.isArray(cells) ? (cells[index] ?? null) : cells]),
    ),
  );
};

builder.objectType(builder.objectRef<ArtifactRow>('TableArtifact'), {
  description: 'An artifact of rows and columns.',
  interfaces,
  fields: (t) => ({
    columns: t.stringList({
      description: 'The names of its columns, in the order in which they first occur.',
      resolve: (row) => [...new Set(tableRows(row).flatMap((cells) => Object.keys(cells)))],
    }),
    rows: t.field({
      type: ['JSONObject'],
      description: 'Its rows by column.',
      resolve: (row) => [...tableRows(row)],
    }),
  }),
});

const LINK = /^\[(?<text>[^\]]*)\]\((?<url>[^)]*)\)$/;

builder.objectType(builder.objectRef<ArtifactRow>('LinkArtifact'), {
  description: 'An artifact that leads somewhere else.',
  interfaces,
  fields: (t) => ({
    url: t.string({
      description: 'Where it leads.',
      resolve: (row) => {
        const text = textOf(row.data);
        return LINK.exec(text)?.groups?.['url'] ?? text;
      },
    }),
    linkText: t.string({
      nullable: true,
      description: 'What the link reads.',
      resolve: (row) => LINK.exec(textOf(row.data))?.groups?.['text'] ?? null,
    }),
  }),
});

builder.objectType(builder.objectRef<ArtifactRow>('ProgressArtifact'), {
  description: 'An artifact that tells how much of some work is done.',
  interfaces,
  fields: (t) => ({
    progress: t.float({
      description: 'The share that is done, in percent.',
      resolve: (row) => {
        const progress = Number(row.data);
        return Number.isFinite(progress) ? progress : 0;
      },
    }),
  }),
});

builder.objectType(builder.objectRef<ArtifactRow>('ImageArtifact'), {
  description: 'An artifact that is a picture.',
  interfaces,
  fields: (t) => ({
    imageUrl: t.string({
      description: 'Where the picture is.',
      resolve: (row) => textOf(row.data),
    }),
  }),
});

builder.objectType(builder.objectRef<ArtifactRow>('GenericArtifact'), {
  description: 'An artifact of a kind that nothing more is known of.',
  interfaces,
});

export const ArtifactConnection = defineConnection<ArtifactRow>(
  { name: 'Artifact', plural: 'artifacts' },
  // A connection may hold an interface as well as an object.
  Artifact as never,
);
