import type { Action } from '#server/automations/definition/action.ts';
import type { DefinitionFault } from '#server/automations/definition/check.ts';
import type { Trigger } from '#server/automations/definition/trigger.ts';

type Path = DefinitionFault['path'];
/** What was checked, as far as faults may be in it. */
interface Checked {
  readonly trigger: Trigger;
  readonly actions: readonly Action[];
  readonly actions_on_trigger?: readonly Action[] | undefined;
  readonly actions_on_resolve?: readonly Action[] | undefined;
}

const RENAMED: Readonly<Record<string, string>> = {
  within: 'withinSeconds',
  require: 'requireCount',
  schedule_after: 'scheduleAfterSeconds',
};

const camelCased = (text: string): string =>
  text.replaceAll(/[-_]([a-z])/g, (_all, letter: string) => letter.toUpperCase());

const stepOf = (step: string | number): string => RENAMED[step] ?? camelCased(String(step));

const inTrigger = (trigger: Trigger, path: Path): readonly string[] => {
  const [step, index, ...rest] = path;
  const child =
    trigger.type !== 'event' && step === 'triggers' && typeof index === 'number'
      ? trigger.triggers[index]
      : undefined;
  if (child === undefined) return [trigger.type, ...path.map(stepOf)];
  return [trigger.type, 'triggers', String(index), ...inTrigger(child, rest)];
};

const inAction = (action: Action, path: Path): readonly string[] => [
  camelCased(action.type),
  ...path.map((step) =>
    String(step).endsWith('_id') && action.type !== 'run-deployment' ? 'id' : stepOf(step),
  ),
];

/** The way to a fault of an automation in the input that it was made of. */
export const toInputPath = (checked: Checked, path: Path): readonly string[] => {
  const [step = '', index, ...rest] = path;
  if (step === 'trigger') return ['trigger', ...inTrigger(checked.trigger, path.slice(1))];
  const list =
    step === 'actions' || step === 'actions_on_trigger' || step === 'actions_on_resolve'
      ? checked[step]
      : undefined;
  const action = typeof index === 'number' ? list?.[index] : undefined;
  if (action === undefined) return path.map(stepOf);
  return [stepOf(step), String(index), ...inAction(action, rest)];
};
