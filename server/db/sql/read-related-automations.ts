import type { AutomationRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

/** The automations that have to do with a resource, by their names. */
export const readRelatedAutomations = statement<[resourceId: string], AutomationRow>(
  `SELECT * FROM automation WHERE id IN
     (SELECT automation_id FROM automation_related_resource WHERE resource_id = ?)
   ORDER BY name, id`,
);
