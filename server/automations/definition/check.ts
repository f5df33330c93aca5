import type { Action } from './action.ts';
import { targetOf } from './action.ts';
import { ACTION_LISTS, type AutomationDefinition } from './automation.ts';
import {
  MAX_TRIGGER_DEPTH,
  TOO_DEEP,
  loopFault,
  parametersFault,
  requireFault,
  targetFault,
  templateFault,
  withinFault,
} from './faults.ts';
import type { Trigger } from './trigger.ts';

/** One thing that is wrong with an automation, and where. */
export interface DefinitionFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = DefinitionFault['path'];

const at = (path: Path, message: string | null): readonly DefinitionFault[] =>
  message === null ? [] : [{ path, message }];

const triggerFaults = (trigger: Trigger, path: Path, depth = 0): readonly DefinitionFault[] => {
  if (depth > MAX_TRIGGER_DEPTH) return at(path, TOO_DEEP);
  if (trigger.type === 'event') {
    const { posture, within } = trigger;
    const fault = within < 0 ? 'A time is not negative.' : withinFault(posture, within);
    return at([...path, 'within'], fault);
  }
  const inner = trigger.triggers.flatMap((child, index) =>
    triggerFaults(child, [...path, 'triggers', index], depth + 1),
  );
  if (trigger.type === 'sequence') return inner;
  return [...inner, ...at([...path, 'require'], requireFault(trigger))];
};

const actionFaults = (action: Action, path: Path): readonly DefinitionFault[] => {
  const target = targetOf(action);
  const faults = target === null ? [] : at([...path, target.field], targetFault(target));
  const template = (field: string, text: string): readonly DefinitionFault[] =>
    at([...path, field], templateFault(field, text));
  switch (action.type) {
    case 'send-notification':
      return [...template('subject', action.subject), ...template('body', action.body)];
    case 'call-webhook':
      return template('payload', action.payload);
    case 'run-deployment':
      return [
        ...faults,
        ...at([...path, 'parameters'], parametersFault(action.parameters ?? {})),
        ...at(
          [...path, 'schedule_after'],
          action.schedule_after < 0 ? 'schedule_after must be non-negative' : null,
        ),
      ];
    default:
      return faults;
  }
};

/** Everything that is wrong with an automation. */
export const definitionFaults = (automation: AutomationDefinition): readonly DefinitionFault[] => [
  ...triggerFaults(automation.trigger, ['trigger']),
  ...ACTION_LISTS.flatMap((list) =>
    automation[list].flatMap((action, index) => actionFaults(action, [list, index])),
  ),
  ...at([], loopFault(automation)),
];
