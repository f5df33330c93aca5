import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { plainNumber, withPlainNumbers } from '#server/lossless-json.ts';

import { type Action, type ActionType, DEFAULT_SUBJECT } from './action.ts';
import type { Trigger } from './trigger.ts';

// Rows that come from a database of Prefect's own leave out what was not said when they were replaced.

const EVENT_TRIGGER: JsonObject = {
  type: 'event',
  id: '',
  match: {},
  match_related: {},
  after: [],
  expect: [],
  for_each: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
};

const typeOfTrigger = (stored: JsonObject): JsonValue => {
  if (stored['type'] !== undefined) return stored['type'];
  if (stored['triggers'] === undefined) return 'event';
  return stored['require'] === undefined ? 'sequence' : 'compound';
};

const completeTrigger = (value: JsonValue): JsonObject => {
  const stored = isJsonObject(value) ? value : {};
  const type = typeOfTrigger(stored);
  if (type === 'event') return { ...EVENT_TRIGGER, ...stored, type };
  const { triggers } = stored;
  const children: readonly JsonValue[] = Array.isArray(triggers) ? triggers : [];
  return { type, id: '', ...stored, triggers: children.map(completeTrigger) };
};

/** The trigger in a row, with everything that it leaves to defaults. */
export const storedTrigger = (value: JsonValue): Trigger =>
  // It was read and checked when it was written, here or by Prefect.
  withPlainNumbers(completeTrigger(value)) as Trigger;

const targeted = (field: string): JsonObject => ({ source: 'selected', [field]: null });

const DEFAULTS: Readonly<Record<ActionType, JsonObject>> = {
  'do-nothing': {},
  'run-deployment': {
    ...targeted('deployment_id'),
    parameters: null,
    job_variables: null,
    schedule_after: 0,
  },
  'pause-deployment': targeted('deployment_id'),
  'resume-deployment': targeted('deployment_id'),
  'cancel-flow-run': {},
  'delete-flow-run': {},
  'suspend-flow-run': {},
  'resume-flow-run': {},
  'change-flow-run-state': { name: null, state: '', message: null, force: false },
  'pause-work-queue': targeted('work_queue_id'),
  'resume-work-queue': targeted('work_queue_id'),
  'pause-work-pool': targeted('work_pool_id'),
  'resume-work-pool': targeted('work_pool_id'),
  'pause-automation': targeted('automation_id'),
  'resume-automation': targeted('automation_id'),
  'send-notification': { block_document_id: '', subject: DEFAULT_SUBJECT, body: '' },
  'call-webhook': { block_document_id: '', payload: '' },
};

const isActionType = (type: JsonValue | undefined): type is ActionType =>
  typeof type === 'string' && Object.hasOwn(DEFAULTS, type);

/** What an action without a type is, by the first of these keys that it has. */
const TYPES: readonly (readonly [key: string, type: ActionType])[] = [
  ['state', 'change-flow-run-state'],
  ['body', 'send-notification'],
  ['block_document_id', 'call-webhook'],
  ['work_queue_id', 'pause-work-queue'],
  ['work_pool_id', 'pause-work-pool'],
  ['automation_id', 'pause-automation'],
  ['deployment_id', 'run-deployment'],
  ['source', 'run-deployment'],
];

const completeAction = (value: JsonValue): JsonObject => {
  const stored = isJsonObject(value) ? value : {};
  const found = TYPES.find(([key]) => Object.hasOwn(stored, key))?.[1] ?? 'do-nothing';
  const type = isActionType(stored['type']) ? stored['type'] : found;
  const action: JsonObject = { type, ...DEFAULTS[type], ...stored };
  // What a run is given keeps its numbers as they were sent; this one is reckoned with.
  const delay = plainNumber(action['schedule_after']);
  return typeof delay === 'number' ? { ...action, schedule_after: delay } : action;
};

/** The actions in a row, each with everything that it leaves to defaults. */
export const storedActions = (value: JsonValue): readonly Action[] =>
  // As with triggers.
  (Array.isArray(value) ? value.map(completeAction) : []) as unknown as readonly Action[];
