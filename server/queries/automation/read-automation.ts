import type { AutomationRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readAutomationRow } from '#server/db/sql/automation-statements.ts';
import { readRelatedAutomations } from '#server/db/sql/read-related-automations.ts';

/** The automation with the id, or null. */
export const readAutomation = (ctx: Context, id: string): Promise<AutomationRow | null> =>
  ctx.db.read(() => one(readAutomationRow(id)));

/** The automations that belong to a resource, or run it, by their names. */
export const readAutomationsRelatedTo = (
  ctx: Context,
  resourceId: string,
): Promise<readonly AutomationRow[]> => ctx.db.read(() => rows(readRelatedAutomations(resourceId)));
