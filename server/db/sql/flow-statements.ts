import type { FlowRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

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

/** Gives a row when a flow has more runs than a number. */
export const hasMoreFlowRuns = statement<[flowId: string, than: number], { readonly id: string }>(
  'SELECT id FROM flow_run WHERE flow_id = ? LIMIT 1 OFFSET ?',
);

/** Removes some of the runs of a flow, with their task runs and states. */
export const deleteSomeFlowRuns = statement<[flowId: string, limit: number]>(
  'DELETE FROM flow_run WHERE id IN (SELECT id FROM flow_run WHERE flow_id = ? LIMIT ?)',
);
