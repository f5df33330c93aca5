import { findJsonFault } from '#server/json-fault.ts';
import { parseJson as parseLossless } from '#server/lossless-json.ts';

import { JinjaFault } from './jinja-fault.ts';
import { checkTemplate, renderTemplate } from './jinja.ts';
import { Held, held, heldFault, isRemoved } from './placeholders.ts';

/** Which parts are filled in; what is not keeps its place as a placeholder. */
export interface Hydration {
  /** The values of variables by name; null leaves variables open. */
  readonly variables: ReadonlyMap<string, unknown> | null;
  /** The names that templates may use; null leaves templates open. */
  readonly jinjaContext: Readonly<Record<string, unknown>> | null;
}

type KindObject = Readonly<Record<string, unknown>>;
type Handler = (value: unknown, hydration: Hydration) => unknown;

const isObject = (value: unknown): value is KindObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

const hasKind = (value: KindObject): boolean => Object.hasOwn(value, '__prefect_kind');

const NON_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const place = (text: string, position: number): string => {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return `line ${line} column ${column} (char ${position})`;
};

const parseJson: Handler = (value) => {
  if (typeof value !== 'string') return value;
  const nonFinite = NON_FINITE.get(value.trim());
  if (nonFinite !== undefined) return nonFinite;
  try {
    return parseLossless(value);
  } catch {
    const { position, message } = findJsonFault(value);
    return heldFault('InvalidJSON', `Invalid JSON: ${message}: ${place(value, position)}`);
  }
};

const renderJinja: Handler = (template, { jinjaContext }) => {
  // Prefect takes a template that is no text for one without expressions.
  const text = String(template);
  try {
    if (jinjaContext !== null) return renderTemplate(text, jinjaContext);
    checkTemplate(text);
    return held({ kind: 'valid-jinja', template });
  } catch (error) {
    if (error instanceof JinjaFault) {
      return heldFault('InvalidJinja', `Invalid jinja: ${error.message}`);
    }
    throw error;
  }
};

const readVariable: Handler = (name, { variables }) => {
  if (variables === null) return held({ kind: 'variable', name });
  const key = String(name);
  if (variables.has(key)) return variables.get(key);
  return heldFault('WorkspaceVariableNotFound', `Variable '${key}' not found in workspace.`);
};

interface Kind {
  readonly key: string;
  readonly missing: Held;
  readonly handle: Handler;
  /** Whether lists below the key are looked into as well. */
  readonly isDeep: boolean;
}

const missing = (fault: 'ValueNotFound' | 'TemplateNotFound', key: string): Held =>
  heldFault(fault, `Missing '${key}' key in __prefect object`);

const REMOVED = held({ kind: 'remove' });

const KINDS: ReadonlyMap<unknown, Kind> = new Map([
  [
    'none',
    {
      key: 'value',
      missing: missing('ValueNotFound', 'value'),
      handle: (value: unknown) => value,
      isDeep: true,
    },
  ],
  ['json', { key: 'value', missing: REMOVED, handle: parseJson, isDeep: false }],
  [
    'jinja',
    {
      key: 'template',
      missing: missing('TemplateNotFound', 'template'),
      handle: renderJinja,
      isDeep: false,
    },
  ],
  [
    'workspace_variable',
    { key: 'variable_name', missing: REMOVED, handle: readVariable, isDeep: false },
  ],
]);

const hydrateKind = (object: KindObject, hydration: Hydration): unknown => {
  const kind = KINDS.get(object['__prefect_kind']);
  if (kind === undefined) return object['value'] ?? null;
  if (!Object.hasOwn(object, kind.key)) return kind.missing;
  const given = object[kind.key];
  const value = kind.isDeep || isObject(given) ? hydrateValue(given, hydration) : given;
  return value instanceof Held ? value : kind.handle(value, hydration);
};

const hydrateValue = (value: unknown, hydration: Hydration): unknown => {
  if (Array.isArray(value)) {
    return value.map((item) => hydrateValue(item, hydration)).filter((item) => !isRemoved(item));
  }
  if (!isObject(value)) return value;
  if (hasKind(value)) return hydrateKind(value, hydration);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, hydrateValue(item, hydration)])
      .filter(([, item]) => !isRemoved(item)),
  );
};

/** Fills in objects with a `__prefect_kind`; what cannot be filled in stays as a `Held` placeholder. */
export const hydrate = (value: unknown, hydration: Hydration): unknown => {
  const result = hydrateValue(value, hydration);
  return isRemoved(result) ? {} : result;
};

/** Whether there is anything to fill in. */
export const mentionsKind = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(mentionsKind);
  if (!isObject(value)) return false;
  return hasKind(value) || Object.values(value).some(mentionsKind);
};

/** The first fault in hydrated values, in their order. */
export const firstFault = (value: unknown): (Held['placeholder'] & { kind: 'fault' }) | null => {
  if (value instanceof Held) return value.placeholder.kind === 'fault' ? value.placeholder : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const item of Object.values(value)) {
    const fault = firstFault(item);
    if (fault !== null) return fault;
  }
  return null;
};
