import { builder } from '../builder.ts';
import { OrderDirection } from './enums.ts';

const FIELDS = {
  ID: 'The id. Ids that the server makes sort by the time at which they were made.',
  CREATED_AT: 'When it was made.',
  UPDATED_AT: 'When it was last changed.',
  NAME: 'The name.',
  KEY: 'The key.',
  START_TIME: 'The start or, before that, the expected start.',
  EXPECTED_START_TIME: 'When it is, or was, expected to start.',
  NEXT_SCHEDULED_START_TIME: 'When it will be started next.',
  END_TIME: 'The end.',
  SEQUENCE: 'The order in which the server took it in.',
  TIMESTAMP: 'When it was written.',
  OCCURRED: 'When it occurred.',
  BLOCK_TYPE: 'The name of its type.',
} as const;

type Field = keyof typeof FIELDS;

const defineOrder = <const Fields extends readonly Field[]>(
  name: string,
  things: string,
  fields: Fields,
) => {
  const field = builder.enumType(`${name}OrderField`, {
    description: `What ${things} may be ordered by.`,
    values: Object.fromEntries(
      fields.map((value) => [value, { description: FIELDS[value] }]),
      // One value for each field, which `fromEntries` cannot tell the type checker.
    ) as Record<Fields[number], { description: string }>,
  });
  return builder.inputType(`${name}Order`, {
    description: `An order of ${things}. Equal ones follow their ids.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'What to order by.' }),
      direction: t.field({
        type: OrderDirection,
        required: true,
        defaultValue: 'DESC',
        description: 'Which end comes first.',
      }),
    }),
  });
};

export const FlowOrder = defineOrder('Flow', 'flows', ['CREATED_AT', 'UPDATED_AT', 'NAME']);
export const FlowRunOrder = defineOrder('FlowRun', 'flow runs', [
  'ID',
  'START_TIME',
  'EXPECTED_START_TIME',
  'NEXT_SCHEDULED_START_TIME',
  'END_TIME',
  'NAME',
]);
export const TaskRunOrder = defineOrder('TaskRun', 'task runs', [
  'ID',
  'EXPECTED_START_TIME',
  'NEXT_SCHEDULED_START_TIME',
  'END_TIME',
  'NAME',
]);
export const DeploymentOrder = defineOrder('Deployment', 'deployments', [
  'CREATED_AT',
  'UPDATED_AT',
  'NAME',
]);
export const ArtifactOrder = defineOrder('Artifact', 'artifacts', [
  'CREATED_AT',
  'UPDATED_AT',
  'ID',
  'KEY',
]);
export const LogOrder = defineOrder('Log', 'log lines', ['SEQUENCE', 'TIMESTAMP']);
export const VariableOrder = defineOrder('Variable', 'variables', [
  'CREATED_AT',
  'UPDATED_AT',
  'NAME',
]);
export const BlockDocumentOrder = defineOrder('BlockDocument', 'block documents', [
  'NAME',
  'BLOCK_TYPE',
]);
export const EventOrder = defineOrder('Event', 'events', ['OCCURRED']);
export const AutomationOrder = defineOrder('Automation', 'automations', [
  'CREATED_AT',
  'UPDATED_AT',
  'NAME',
]);
