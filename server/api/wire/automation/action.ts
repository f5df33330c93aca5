import { z } from 'zod';

import {
  type Action,
  DEFAULT_SUBJECT,
  type TargetField,
} from '#server/automations/definition/action.ts';
import {
  parametersFault,
  targetFault,
  templateFault,
} from '#server/automations/definition/faults.ts';
import type { JsonObject } from '#server/json.ts';
import { STATE_TYPES } from '#server/orchestration/states.ts';

import {
  Refusal,
  type Schema,
  checked,
  describedAs,
  refuse,
  refuseValue,
  schemaOf,
} from '../pydantic/refusal.ts';
import { boolean, choice, text, uuid } from '../pydantic/scalar.ts';
import { dictionary, list, openModel } from '../pydantic/shapes.ts';
import { type ModelMember, modelUnion, readBy } from '../pydantic/smart-union.ts';
import { delaySeconds } from './duration.ts';

const typed = <const Type extends string>(type: Type) =>
  choice([type], 'literal_error').default(type);

const source = choice(['selected', 'inferred'], 'literal_error').default('selected');

const orNull = <T>(schema: Schema<T>) => schema.nullable().default(null);

const template = (field: string): Schema<string> =>
  text({ fault: (given) => templateFault(field, given) });

/** A template that older pages send as the object it stands for. */
const payload: Schema<string> = schemaOf(
  (value) => {
    if (value === null) return refuse('string_type', 'Input should be a valid string');
    const written = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    const fault = templateFault('payload', written);
    return fault === null ? written : refuseValue(fault);
  },
  { type: 'string' },
);

const parameters: Schema<JsonObject> = schemaOf(
  (value) => {
    const read = readBy(dictionary, value);
    const fault = read instanceof Refusal ? null : parametersFault(read);
    return fault === null ? read : refuseValue(fault);
  },
  { type: 'object', additionalProperties: true },
);

type Shape = Readonly<Record<string, z.ZodType>>;

const member = (
  name: string,
  { type, ...shape }: Shape & { readonly type: z.ZodDefault },
): ModelMember<Action> => ({
  label: name,
  type: String(type.def.defaultValue),
  keys: ['type', ...Object.keys(shape)],
  // The shape is that of the action of this name.
  schema: openModel({ type, ...shape }) as unknown as Schema<Action>,
});

interface Targeted {
  readonly name: string;
  readonly type: string;
  readonly kind: 'deployment' | 'work_queue' | 'work_pool' | 'automation';
  readonly shape?: Shape;
}

/** An action about a thing: its fields and, in the words of Prefect, the rule that tells when the thing is named. */
const targeted = ({ name, type, kind, shape = {} }: Targeted): ModelMember<Action> => {
  const field: TargetField = `${kind}_id`;
  const plain = member(name, { type: typed(type), source, [field]: orNull(uuid), ...shape });
  // The shape above has these two fields.
  const schema = checked(plain.schema, (action) =>
    targetFault({
      field,
      source: (action as { source: 'selected' | 'inferred' }).source,
      id: (action as unknown as Record<TargetField, string | null>)[field],
    }),
  );
  return { ...plain, label: `function-after[selected_${kind}_requires_id(), ${name}]`, schema };
};

const MEMBERS: readonly ModelMember<Action>[] = [
  member('DoNothing', { type: typed('do-nothing') }),
  targeted({
    name: 'RunDeployment',
    type: 'run-deployment',
    kind: 'deployment',
    shape: {
      parameters: orNull(parameters),
      job_variables: orNull(dictionary),
      schedule_after: delaySeconds.optional().transform((given) => given ?? 0),
    },
  }),
  targeted({ name: 'PauseDeployment', type: 'pause-deployment', kind: 'deployment' }),
  targeted({ name: 'ResumeDeployment', type: 'resume-deployment', kind: 'deployment' }),
  member('CancelFlowRun', { type: typed('cancel-flow-run') }),
  member('DeleteFlowRun', { type: typed('delete-flow-run') }),
  member('ChangeFlowRunState', {
    type: typed('change-flow-run-state'),
    name: orNull(text()),
    state: choice(STATE_TYPES),
    message: orNull(text()),
    force: boolean.default(false),
  }),
  targeted({ name: 'PauseWorkQueue', type: 'pause-work-queue', kind: 'work_queue' }),
  targeted({ name: 'ResumeWorkQueue', type: 'resume-work-queue', kind: 'work_queue' }),
  member('SendNotification', {
    type: typed('send-notification'),
    block_document_id: uuid,
    subject: template('subject').default(DEFAULT_SUBJECT),
    body: template('body'),
  }),
  member('CallWebhook', {
    type: typed('call-webhook'),
    block_document_id: uuid,
    payload: payload.default(''),
  }),
  targeted({ name: 'PauseAutomation', type: 'pause-automation', kind: 'automation' }),
  targeted({ name: 'ResumeAutomation', type: 'resume-automation', kind: 'automation' }),
  member('SuspendFlowRun', { type: typed('suspend-flow-run') }),
  member('ResumeFlowRun', { type: typed('resume-flow-run') }),
  targeted({ name: 'PauseWorkPool', type: 'pause-work-pool', kind: 'work_pool' }),
  targeted({ name: 'ResumeWorkPool', type: 'resume-work-pool', kind: 'work_pool' }),
];

const action: Schema<Action> = describedAs(
  modelUnion(() => MEMBERS),
  () => z.union(MEMBERS.map(({ schema }) => schema)),
);

export const actions: Schema<readonly Action[]> = list(action);
