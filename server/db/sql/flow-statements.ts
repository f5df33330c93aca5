import type { FlowRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { withLists } from './json-list.ts';

export const lockFlow = statement<[id: string], FlowRow>(
  'SELECT * FROM flow WHERE id = ? FOR UPDATE',
);

/** No row comes back when the name is taken. */
export const insertFlow = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    tags: JsonText,
    labels: JsonText | null,
  ],
  FlowRow
>(
  `INSERT INTO flow (id, created, updated, name, tags, labels) VALUES (?, ?, ?, ?, ?, ?)
   ON CONFLICT (name) DO NOTHING RETURNING *`,
);

export const updateFlowTags = statement<[tags: JsonText, updated: Micros, id: string]>(
  'UPDATE flow SET tags = ?, updated = ? WHERE id = ?',
);

/** Takes the flow's runs and deployments with it. */
export const deleteFlowRow = statement<[id: string]>('DELETE FROM flow WHERE id = ?');

/** Some of the runs of a flow. */
export const readSomeFlowRuns = statement<[flowId: string, limit: number], { readonly id: string }>(
  'SELECT id FROM flow_run WHERE flow_id = ? LIMIT ?',
);

/** The runs of the flows of a JSON list. */
export const readRunsOfFlows = statement<[flowIds: JsonText], { readonly id: string }>(
  withLists((list) => `SELECT id FROM flow_run WHERE flow_id IN ${list}`),
);

/** Keeps the flows of a JSON list. */
export const lockFlows = statement<[ids: JsonText], FlowRow>(
  withLists((list) => `SELECT * FROM flow WHERE id IN ${list} ORDER BY id FOR UPDATE`),
);

/** Keeps the flows of a JSON list from being removed, which whoever is to write what points to them does first. */
export const shareFlows = statement<[ids: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM flow
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR KEY SHARE`,
});
