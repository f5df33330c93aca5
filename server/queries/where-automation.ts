import { expressionBuilder } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';

import { type Condition, combined, onId, onInstant, onTags, onText } from './criteria.ts';
import type { AutomationFilter } from './filter-types.ts';

const automations = expressionBuilder<Tables, 'automation'>();

const isRelatedTo = (resourceId: string): Condition =>
  automations(
    'automation.id',
    'in',
    automations
      .selectFrom('automationRelatedResource')
      .select('automationRelatedResource.automationId')
      .where('automationRelatedResource.resourceId', '=', resourceId),
  );

/** The automations that a filter admits. */
export const whereAutomation = (words: DialectExpressions, filter: AutomationFilter): Condition =>
  combined(
    filter,
    [
      ...onId(automations.ref('automation.id'), filter.id),
      ...onText(words, automations.ref('automation.name'), filter.name),
      ...onTags(words, automations.ref('automation.tags'), filter.tags),
      ...onInstant(automations.ref('automation.created'), filter.createdAt),
      ...(filter.relatedToResource === undefined ? [] : [isRelatedTo(filter.relatedToResource)]),
    ],
    (part) => whereAutomation(words, part),
  );
