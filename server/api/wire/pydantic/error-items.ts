import type { z } from 'zod';

import type { JsonValue } from '#server/json.ts';

import type { RefusalReason } from './refusal.ts';

/** One entry of the list of faults in the body of a 422. */
export interface ErrorItem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, JsonValue>>;
}

interface Origin {
  /** The value that was read as a whole. */
  readonly root: unknown;
  /** What every place starts with, such as `body`. */
  readonly loc: readonly (string | number)[];
  /** Whether the top level is a list of parameters: a missing one then has no input to show. */
  readonly isParameterList?: boolean;
}

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

const isIndexable = (value: unknown): value is Readonly<Record<string | number, unknown>> =>
  typeof value === 'object' && value !== null;

const valueAt = (root: unknown, path: Path): unknown => {
  let value = root;
  for (const step of path) {
    if (!isIndexable(value)) return undefined;
    value = value[step];
  }
  return value;
};

const item = (path: Path, origin: Origin, reason: RefusalReason): ErrorItem => ({
  type: reason.type,
  loc: [...origin.loc, ...path, ...(reason.loc ?? [])],
  msg: reason.msg,
  input:
    'input' in reason
      ? reason.input
      : (valueAt(origin.root, [...path, ...(reason.loc ?? [])]) ?? null),
  ...(reason.ctx === undefined ? {} : { ctx: reason.ctx }),
});

const TYPE_REASONS: Readonly<Record<string, RefusalReason>> = {
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  record: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
  object: {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  },
};

const lengthReason = (issue: Issue, length: number): RefusalReason => {
  if (issue.code === 'too_small') {
    const least = Number(issue.minimum);
    return {
      type: 'too_short',
      msg: `List should have at least ${least} item${least === 1 ? '' : 's'} after validation, not ${length}`,
      ctx: { field_type: 'List', min_length: least, actual_length: length },
    };
  }
  const most = issue.code === 'too_big' ? Number(issue.maximum) : 0;
  return {
    type: 'too_long',
    msg: `List should have at most ${most} item${most === 1 ? '' : 's'} after validation, not ${length}`,
    ctx: { field_type: 'List', max_length: most, actual_length: length },
  };
};

const reasonOf = (issue: Issue, value: unknown): RefusalReason => {
  if (issue.code === 'custom' && issue.params?.['reason'] !== undefined) {
    // Only `schemaOf` writes this parameter, always with a reason.
    return issue.params['reason'] as RefusalReason;
  }
  if (issue.code === 'invalid_type' && TYPE_REASONS[issue.expected] !== undefined) {
    return TYPE_REASONS[issue.expected] ?? { type: 'value_error', msg: issue.message };
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    return lengthReason(issue, Array.isArray(value) ? value.length : 0);
  }
  return { type: 'value_error', msg: `Value error, ${issue.message}`, ctx: { error: {} } };
};

const missingItem = (path: Path, origin: Origin): ErrorItem => {
  const hidesInput = path.length === 0 || (origin.isParameterList === true && path.length === 1);
  return {
    type: 'missing',
    loc: [...origin.loc, ...path],
    msg: 'Field required',
    input: hidesInput ? null : (valueAt(origin.root, path.slice(0, -1)) ?? null),
  };
};

const itemsOf = (issue: Issue, origin: Origin): readonly ErrorItem[] => {
  // JSON has no symbols, so a path into it has none either.
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      item([...path, key], origin, {
        type: 'extra_forbidden',
        msg: 'Extra inputs are not permitted',
      }),
    );
  }
  const value = valueAt(origin.root, path);
  const isLeftOut = value === null && origin.isParameterList === true && path.length === 1;
  if (value === undefined || isLeftOut) return [missingItem(path, origin)];
  return [item(path, origin, reasonOf(issue, value))];
};

/** Says what is wrong with a value in the shape and words of pydantic. */
export const toErrorItems = (error: z.ZodError, origin: Origin): readonly ErrorItem[] =>
  error.issues.flatMap((issue) => itemsOf(issue, origin));
