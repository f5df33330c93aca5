import { z } from 'zod';

import type { ResourceSpecification } from '#server/automations/definition/trigger.ts';
import { isJsonObject } from '#server/json.ts';

import { resourceSpecificationAnswer } from '../../answers/trigger.ts';
import {
  Refusal,
  type RefusalReason,
  type Schema,
  describedAs,
  schemaOf,
} from '../pydantic/refusal.ts';

const NO_DICTIONARY = { type: 'dict_type', msg: 'Input should be a valid dictionary' };
const NO_LIST = { type: 'list_type', msg: 'Input should be a valid list' };
const NO_TEXT = { type: 'string_type', msg: 'Input should be a valid string' };

const MODEL = 'ResourceSpecification';
const DICTIONARY = 'dict[str,union[str,list[str]]]';
const LIST = `list[union[${MODEL},${DICTIONARY}]]`;

const labelReasons = (label: string, value: unknown): readonly RefusalReason[] => {
  if (typeof value === 'string') return [];
  const asList = [label, 'list[str]'];
  const inList: readonly RefusalReason[] = Array.isArray(value)
    ? value.flatMap((item: unknown, index) =>
        typeof item === 'string' ? [] : [{ ...NO_TEXT, loc: [...asList, index], input: item }],
      )
    : [{ ...NO_LIST, loc: asList, input: value }];
  if (inList.length === 0) return [];
  return [{ ...NO_TEXT, loc: [label, 'str'], input: value }, ...inList];
};

const specificationReasons = (value: object): readonly RefusalReason[] =>
  Object.entries(value).flatMap(([label, patterns]) => labelReasons(label, patterns));

const noDictionary = (input: unknown, loc: readonly (string | number)[]): RefusalReason[] => [
  { ...NO_DICTIONARY, loc: [...loc, MODEL], input },
  { ...NO_DICTIONARY, loc: [...loc, DICTIONARY], input },
];

const readSpecification = (value: unknown): ResourceSpecification | Refusal => {
  const reasons = isJsonObject(value) ? specificationReasons(value) : noDictionary(value, []);
  // Without a reason against it, it is an object of texts and lists of texts.
  return reasons.length > 0 ? new Refusal(reasons) : (value as ResourceSpecification);
};

const readSpecifications = (
  items: readonly unknown[],
): readonly ResourceSpecification[] | Refusal => {
  for (const item of items.filter(isJsonObject)) {
    // Prefect looks at the objects first and says of the first that is wrong what, but not which it is.
    const reasons = specificationReasons(item);
    if (reasons.length > 0) return new Refusal(reasons);
  }
  const reasons = items.flatMap((item, index) =>
    isJsonObject(item) ? [] : noDictionary(item, [LIST, index]),
  );
  if (reasons.length > 0) return new Refusal([...noDictionary(items, []), ...reasons]);
  // As above, of each.
  return items as readonly ResourceSpecification[];
};

const shape = () =>
  z.union([
    resourceSpecificationAnswer,
    z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  ]);

/** Patterns by label. */
export const specification: Schema<ResourceSpecification> = describedAs(
  schemaOf(readSpecification),
  shape,
).default({});

/** One of them, or several that must all be met. */
export const relatedSpecification: Schema<
  ResourceSpecification | readonly ResourceSpecification[]
> = describedAs(
  schemaOf((value) => {
    if (Array.isArray(value)) return readSpecifications(value);
    if (isJsonObject(value)) return readSpecification(value);
    return new Refusal([...noDictionary(value, []), { ...NO_LIST, loc: [LIST], input: value }]);
  }),
  () => z.union([...shape().options, z.array(shape())]),
).default({});
