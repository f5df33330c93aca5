import type { Action } from './action.ts';
import type { Trigger } from './trigger.ts';

/** What an automation is to do, and when. */
export interface AutomationDefinition {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly trigger: Trigger;
  readonly actions: readonly Action[];
  /** Done as well when it begins to be triggered. */
  readonly actions_on_trigger: readonly Action[];
  /** Done as well when it is no longer triggered. */
  readonly actions_on_resolve: readonly Action[];
}

/** The lists of actions of an automation. */
export const ACTION_LISTS = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const;
