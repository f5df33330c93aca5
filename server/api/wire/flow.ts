import type { FlowRow } from '#prisma/tables.ts';
import { formatInstant } from '#server/time.ts';

import { choice, nameText } from './pydantic/scalar.ts';
import { labels, model, texts } from './pydantic/shapes.ts';

const FLOW_SORTS = ['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC'] as const;

export const flowSort = choice(FLOW_SORTS).default('NAME_ASC');

/** The body that makes a flow. */
export const newFlow = model({
  name: nameText,
  tags: texts.default([]),
  labels: labels.nullable().default({}),
});

/** The body that changes a flow. */
export const flowChanges = model({ tags: texts.optional() });

export const flowToWire = (flow: FlowRow) => ({
  id: flow.id,
  created: formatInstant(flow.created),
  updated: formatInstant(flow.updated),
  name: flow.name,
  tags: flow.tags,
  labels: flow.labels,
});
