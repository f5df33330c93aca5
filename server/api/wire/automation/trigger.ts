import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import {
  LEAST_PROACTIVE_SECONDS,
  MAX_TRIGGER_DEPTH,
  TOO_DEEP,
  requireFault,
  withinFault,
} from '#server/automations/definition/faults.ts';
import type {
  CompoundTrigger,
  EventTrigger,
  SequenceTrigger,
  Trigger,
} from '#server/automations/definition/trigger.ts';
import { ServerError } from '#server/errors.ts';
import { isJsonObject } from '#server/json.ts';

import { integer } from '../pydantic/number.ts';
import {
  Refusal,
  type Schema,
  checked,
  describedAs,
  refuse,
  refuseValue,
  schemaOf,
} from '../pydantic/refusal.ts';
import { choice, uuid } from '../pydantic/scalar.ts';
import { list, openModel, union } from '../pydantic/shapes.ts';
import { type ModelMember, modelUnion, readBy } from '../pydantic/smart-union.ts';
import { readSeconds, seconds, secondsFromZero } from './duration.ts';
import { relatedSpecification, specification } from './specification.ts';

const typed = <const Type extends string>(type: Type) =>
  choice([type], 'literal_error').default(type);

const id = uuid.optional().transform((given) => given ?? randomUUID());

/** Different texts; of equal ones the first counts. */
const textSet: Schema<readonly string[]> = schemaOf(
  (value) => {
    if (!Array.isArray(value)) return refuse('set_type', 'Input should be a valid set');
    const items: readonly unknown[] = value;
    const texts = items.filter((item) => typeof item === 'string');
    if (texts.length === items.length) return [...new Set(texts)];
    return new Refusal(
      items.flatMap((item, index) =>
        typeof item === 'string'
          ? []
          : [
              {
                type: 'string_type',
                msg: 'Input should be a valid string',
                loc: [index],
                input: item,
              },
            ],
      ),
    );
  },
  { type: 'array', items: { type: 'string' }, uniqueItems: true },
);

const EXPECTED_POSTURES = 'Posture.Reactive or Posture.Proactive';

const posture: Schema<EventTrigger['posture']> = schemaOf(
  (value) =>
    value === 'Reactive' || value === 'Proactive'
      ? value
      : refuse('literal_error', `Input should be ${EXPECTED_POSTURES}`, {
          expected: EXPECTED_POSTURES,
        }),
  { type: 'string', enum: ['Reactive', 'Proactive'] },
);

const eventModel = openModel({
  type: typed('event'),
  id,
  match: specification,
  match_related: relatedSpecification,
  after: textSet.default([]),
  expect: textSet.default([]),
  for_each: textSet.default([]),
  posture,
  threshold: integer().default(1),
  within: secondsFromZero.default(0).meta({ default: 'PT0S' }),
});

/** Prefect looks at the time before anything else, whatever the trigger is. */
const earlyFault = (value: unknown): string | null => {
  if (!isJsonObject(value)) return null;
  const { within } = value;
  if (within === null) return '`within` should be a valid timedelta';
  if (value['posture'] !== 'Proactive') return null;
  const read = within === undefined ? LEAST_PROACTIVE_SECONDS : readSeconds(within);
  return read instanceof Refusal ? null : withinFault('Proactive', read);
};

const eventTrigger: Schema<EventTrigger> = schemaOf((value) => {
  const fault = earlyFault(value);
  return fault === null ? readBy(eventModel, value) : refuseValue(fault);
});

const requirement = union<CompoundTrigger['require']>([
  { label: 'int', schema: integer() },
  { label: "literal['any','all']", schema: choice(['any', 'all'], 'literal_error') },
]);

/** Prefect's own rule stands in the name of a compound trigger, twice outside of other compound ones. */
const compoundLabel = (isInCompound: boolean): string => {
  const inner = 'function-after[validate_require(), CompoundTrigger]';
  return isInCompound ? inner : `function-after[validate_require(), ${inner}]`;
};

const MAX_ASKED_DEPTH = 4;

interface Place {
  readonly isInCompound: boolean;
  readonly depth: number;
}

/** Deep within, a trigger is held against its own type alone: each level of asking all doubles what there is to say. */
const whenPlausible = <T>(type: string, depth: number, schema: Schema<T>): Schema<T> => {
  if (depth < MAX_ASKED_DEPTH) return schema;
  const expected = `'${type}'`;
  return schemaOf((value) => {
    const isOther = isJsonObject(value) && (value['type'] ?? type) !== type;
    if (!isOther) return readBy(schema, value);
    const reason = { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } };
    return new Refusal([{ ...reason, loc: ['type'] }]);
  });
};

const triggersIn = (place: Place): Schema<readonly Trigger[]> => list(triggerAt(place));

const compoundTrigger = ({ depth }: Place): Schema<CompoundTrigger> =>
  checked(
    openModel({
      type: typed('compound'),
      id,
      triggers: triggersIn({ isInCompound: true, depth: depth + 1 }),
      within: seconds.nullable(),
      require: requirement,
    }),
    requireFault,
  );

const sequenceTrigger = ({ isInCompound, depth }: Place): Schema<SequenceTrigger> =>
  openModel({
    type: typed('sequence'),
    id,
    triggers: triggersIn({ isInCompound, depth: depth + 1 }),
    within: seconds.nullable(),
  });

const membersAt = (place: Place): readonly ModelMember<Trigger>[] => [
  {
    label: 'EventTrigger',
    type: 'event',
    keys: Object.keys(eventModel.shape),
    schema: eventTrigger,
  },
  {
    label: compoundLabel(place.isInCompound),
    type: 'compound',
    keys: ['type', 'id', 'triggers', 'within', 'require'],
    schema: whenPlausible('compound', place.depth, compoundTrigger(place)),
  },
  {
    label: 'SequenceTrigger',
    type: 'sequence',
    keys: ['type', 'id', 'triggers', 'within'],
    schema: whenPlausible('sequence', place.depth, sequenceTrigger(place)),
  },
];

const KNOWN = new Map<string, readonly ModelMember<Trigger>[]>();

/** The members at a place, made when the first trigger gets there. */
const knownMembersAt = (place: Place): readonly ModelMember<Trigger>[] => {
  const depth = Math.min(place.depth, MAX_ASKED_DEPTH);
  const key = `${place.isInCompound}${depth}`;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const members = membersAt({ ...place, depth });
  KNOWN.set(key, members);
  return members;
};

function triggerAt(place: Place): Schema<Trigger> {
  return modelUnion(() => knownMembersAt(place));
}

// The same for the interface document, where a trigger that holds triggers goes by a name.
const eventShape = eventModel.meta({ id: 'EventTrigger-Input' });
const anyShape = (): z.ZodType =>
  z.union([eventShape, z.lazy(() => compoundShape), z.lazy(() => sequenceShape)]);
const shared = { id, triggers: z.array(anyShape()), within: seconds.nullable() };
const compoundShape = z
  .object({ type: typed('compound'), ...shared, require: requirement })
  .meta({ id: 'CompoundTrigger-Input' });
const sequenceShape = z
  .object({ type: typed('sequence'), ...shared, triggers: z.array(anyShape()) })
  .meta({ id: 'SequenceTrigger-Input' });

/** A trigger with all that is in it. */
export const trigger: Schema<Trigger> = describedAs(
  triggerAt({ isInCompound: false, depth: 0 }),
  anyShape,
);

const withTimesRead = (value: unknown, depth = 0): unknown => {
  if (!isJsonObject(value)) return value;
  if (depth > MAX_TRIGGER_DEPTH) throw new ServerError('INVALID', TOO_DEEP);
  const children = value['triggers'];
  const read: Record<string, unknown> = Array.isArray(children)
    ? { ...value, triggers: children.map((child: unknown) => withTimesRead(child, depth + 1)) }
    : { ...value };
  const within = read['within'];
  if (within === null) return read;
  const given = within === undefined ? null : readSeconds(within);
  if (given instanceof Refusal) return read;
  if (given !== null) read['within'] = given;
  if (read['posture'] === 'Proactive' && (given ?? 0) === 0) {
    read['within'] = LEAST_PROACTIVE_SECONDS;
  }
  return read;
};

/** A body with the times of its triggers as Prefect reads them: what is wrong with it is told of this form. */
export const withTriggerTimesRead = (body: unknown): unknown =>
  isJsonObject(body) && body['trigger'] !== undefined
    ? { ...body, trigger: withTimesRead(body['trigger']) }
    : body;
