import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { hydrate } from '#server/parameters/hydrate.ts';
import { JinjaFault } from '#server/parameters/jinja-fault.ts';
import { checkTemplate } from '#server/parameters/jinja.ts';
import { Held } from '#server/parameters/placeholders.ts';

import type { Target } from './action.ts';
import type { AutomationDefinition } from './automation.ts';
import type { CompoundTrigger, EventTrigger, Posture, ResourceSpecification } from './trigger.ts';

// Each says in Prefect's words what is wrong, or null. Clients print them.

export const LEAST_PROACTIVE_SECONDS = 10;

/** How deep triggers may be in triggers; each level may double the work of telling what is wrong. */
export const MAX_TRIGGER_DEPTH = 16;
export const TOO_DEEP = `Triggers are nested more than ${MAX_TRIGGER_DEPTH} deep.`;

/** What is wrong with the time that an event trigger looks at. */
export const withinFault = (posture: Posture, withinSeconds: number): string | null =>
  posture === 'Proactive' && withinSeconds < LEAST_PROACTIVE_SECONDS
    ? '`within` for Proactive triggers must be greater than or equal to 10 seconds'
    : null;

/** What is wrong with how many triggers a compound one wants. */
export const requireFault = ({
  require: wanted,
  triggers,
}: Pick<CompoundTrigger, 'require' | 'triggers'>): string | null => {
  if (typeof wanted === 'string') return null;
  if (wanted < 1) return 'require must be at least 1';
  if (wanted <= triggers.length) return null;
  return 'require must be less than or equal to the number of triggers';
};

/** What is wrong with the thing that an action is about. */
export const targetFault = ({ field, source, id }: Target): string | null => {
  if ((source === 'selected') === (id !== null)) return null;
  return `${field} is ${id === null ? 'required' : 'not allowed'}`;
};

/** What is wrong with a template that is the value of the field. */
export const templateFault = (field: string, template: string): string | null => {
  try {
    checkTemplate(template);
    return null;
  } catch (error) {
    if (!(error instanceof JinjaFault)) throw error;
    return `'${field}' is not a valid template: ${error.message}`;
  }
};

const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');

const templatesMarked = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') {
    return isTemplate(value) ? { __prefect_kind: 'jinja', template: value } : value;
  }
  if (Array.isArray(value)) {
    // Lists in lists stay as they are, as they do for Prefect.
    return value.map((item: JsonValue) => (Array.isArray(item) ? item : templatesMarked(item)));
  }
  if (!isJsonObject(value) || Object.hasOwn(value, '__prefect_kind')) return value;
  return withTemplatesMarked(value);
};

/** Parameters with each text that is a template in the form that says so. */
const withTemplatesMarked = (parameters: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [key, templatesMarked(value)]),
  );

const faultsIn = (value: unknown, place: string): readonly string[] => {
  if (value instanceof Held) {
    const { placeholder } = value;
    if (placeholder.kind !== 'fault') return [];
    return [`${place === '' ? '' : `${place}:`} ${placeholder.message}`];
  }
  // Prefect does not look into lists here, and takes automations that this would refuse.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const prefix = place === '' ? '' : `${place}.`;
  return Object.entries(value).flatMap(([key, item]) => faultsIn(item, `${prefix}${key}`));
};

/** What is wrong with the templates and JSON in parameters that a deployment is run with. */
export const parametersFault = (parameters: JsonObject): string | null => {
  const hydrated = hydrate(withTemplatesMarked(parameters), {
    variables: null,
    jinjaContext: null,
  });
  const faults = faultsIn(hydrated, '');
  return faults.length === 0 ? null : `Invalid parameters: \n${faults.join('\n  ')}`;
};

const FLOW_RUN = 'prefect.flow-run.*';
/** States that every run of a deployment goes through. */
const ALWAYS = new Set([
  'prefect.flow-run.Scheduled',
  'prefect.flow-run.Pending',
  'prefect.flow-run.Running',
  FLOW_RUN,
]);

const matchesEveryFlowRun = (specification: ResourceSpecification): boolean => {
  const labels = Object.keys(specification);
  if (labels.length === 0) return true;
  const id = specification['prefect.resource.id'];
  if (labels.length > 1 || id === undefined) return false;
  return typeof id === 'string' ? id === FLOW_RUN : id.includes(FLOW_RUN);
};

const isAboutEveryFlowRun = ({ match, match_related: related }: EventTrigger): boolean => {
  if (!matchesEveryFlowRun(match)) return false;
  // An array is told from the other form by nothing but itself, which the type checker cannot tell of a read-only one.
  const relatives = (
    Array.isArray(related) ? related : [related]
  ) as readonly ResourceSpecification[];
  return relatives.some(matchesEveryFlowRun);
};

const INFERRED_LOOP =
  "Running an inferred deployment from a flow run state change event will lead to an infinite loop of flow runs.  Please choose a specific deployment and add additional filtering labels to the match or match_related for this automation's trigger.";
const SELECTED_LOOP =
  "Running a selected deployment from a flow run state change event may lead to an infinite loop of flow runs.  Please include additional filtering labels on either match or match_related to narrow down which flow runs will trigger this automation to exclude flow runs from the deployment you've selected.";

/** Says so when the runs that an automation makes would trigger it again, without end. */
export const loopFault = ({
  enabled,
  trigger,
  actions,
}: Pick<AutomationDefinition, 'enabled' | 'trigger' | 'actions'>): string | null => {
  if (!enabled || trigger.type !== 'event' || trigger.posture !== 'Reactive') return null;
  if (!trigger.expect.some((event) => ALWAYS.has(event))) return null;
  for (const action of actions) {
    if (action.type !== 'run-deployment') continue;
    if (action.source === 'inferred') return INFERRED_LOOP;
    if (isAboutEveryFlowRun(trigger)) return SELECTED_LOOP;
  }
  return null;
};
