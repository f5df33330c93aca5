import type { JsonObject } from '#server/json.ts';

import { type PlacedFault, placeholderFaults } from './placeholder-faults.ts';
import { Held } from './placeholders.ts';
import { preprocessSchema } from './preprocess-schema.ts';
import type { SchemaFault } from './schema-faults.ts';
import { findFaults } from './validate.ts';

/** A fault at its place: below a property or an item, or of the whole. */
export type FormError =
  | string
  | { readonly property: string; readonly errors: readonly FormError[] }
  | { readonly index: number; readonly errors: readonly FormError[] };

interface Branch {
  readonly step: string | number;
  readonly errors: (string | Branch)[];
}

const toMessage = ({ path, message, missing }: SchemaFault): PlacedFault => ({
  path: missing === null ? path : [...path, missing],
  message,
});

const insert = (into: (string | Branch)[], { path, message }: PlacedFault): void => {
  let current = into;
  for (const [index, step] of path.entries()) {
    const isLast = index === path.length - 1;
    const known = isLast
      ? undefined
      : current.find((entry): entry is Branch => typeof entry !== 'string' && entry.step === step);
    const branch = known ?? { step, errors: [] };
    if (known === undefined) current.push(branch);
    current = branch.errors;
  }
  current.push(message);
};

const toFormError = (entry: string | Branch): FormError => {
  if (typeof entry === 'string') return entry;
  const errors = entry.errors.map(toFormError);
  return typeof entry.step === 'number'
    ? { index: entry.step, errors }
    : { property: entry.step, errors };
};

/** What is wrong with hydrated values, as a tree for a form to show. Open placeholders count as right. */
export const formErrors = (
  values: unknown,
  schema: JsonObject,
): { readonly errors: readonly FormError[]; readonly valid: boolean } => {
  const faults = findFaults(values, schema, { checkFormats: true }).filter(
    ({ value }) => !(value instanceof Held),
  );
  const root = preprocessSchema(schema, { allowNoneWithDefault: false });
  const messages = [
    ...faults.map(toMessage),
    ...placeholderFaults(root, { value: values, path: [], root }),
  ];
  const tree: (string | Branch)[] = [];
  for (const message of messages) insert(tree, message);
  return { errors: tree.map(toFormError), valid: tree.length === 0 };
};
