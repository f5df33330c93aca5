import type { AutomationRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readAutomationRow = statement<[id: string], AutomationRow>(
  'SELECT * FROM automation WHERE id = ?',
);

export const lockAutomation = statement<[id: string], AutomationRow>(
  'SELECT * FROM automation WHERE id = ? FOR UPDATE',
);

export const insertAutomation = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    description: string,
    enabled: boolean,
    tags: JsonText,
    trigger: JsonText,
    actions: JsonText,
    actionsOnTrigger: JsonText,
    actionsOnResolve: JsonText,
  ],
  AutomationRow
>(
  `INSERT INTO automation (id, created, updated, name, description, enabled, tags, "trigger",
     actions, actions_on_trigger, actions_on_resolve)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
);

export const updateAutomationRow = statement<
  [
    updated: Micros,
    name: string,
    description: string,
    enabled: boolean,
    tags: JsonText,
    trigger: JsonText,
    actions: JsonText,
    actionsOnTrigger: JsonText,
    actionsOnResolve: JsonText,
    id: string,
  ]
>(
  `UPDATE automation SET updated = ?, name = ?, description = ?, enabled = ?, tags = ?, "trigger" = ?,
     actions = ?, actions_on_trigger = ?, actions_on_resolve = ?
   WHERE id = ?`,
);

/** What was counted and remembered for it goes with it. */
export const deleteAutomationRow = statement<[id: string]>('DELETE FROM automation WHERE id = ?');

/** The automations that a resource owns and that were there at the time, locked in an order that all keep to. */
export const lockOwnedAutomations = statement<
  [resourceId: string, createdUntil: Micros],
  AutomationRow
>(
  `SELECT * FROM automation
   WHERE id IN (SELECT automation_id FROM automation_related_resource
                WHERE resource_id = ? AND automation_owned_by_resource)
     AND created <= ?
   ORDER BY id FOR UPDATE`,
);

/** Says that an automation has to do with a resource; one that owns it goes on to. */
export const relateAutomation = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    automationId: string,
    resourceId: string,
    isOwner: boolean,
  ]
>(
  `INSERT INTO automation_related_resource
     (id, created, updated, automation_id, resource_id, automation_owned_by_resource)
   VALUES (?, ?, ?, ?, ?, ?)
   ON CONFLICT (automation_id, resource_id) DO UPDATE SET
     updated = excluded.updated,
     automation_owned_by_resource = automation_related_resource.automation_owned_by_resource
       OR excluded.automation_owned_by_resource`,
);

/** Forgets the deployments that an automation runs, other than an owner. */
export const forgetRelatedDeployments = statement<[automationId: string]>(
  `DELETE FROM automation_related_resource
   WHERE automation_id = ? AND resource_id LIKE 'prefect.deployment.%'
     AND NOT automation_owned_by_resource`,
);
