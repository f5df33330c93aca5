import type { Json } from './lossless-json.ts';
import { isJsonObject } from './lossless-json.ts';

const REFERENCE = /\{\{([a-z_0-9]+)([+-]\d+)?\}\}/gu;

/** Follows a path such as `$.schedules[0].id`; undefined where it leads nowhere. */
export const valueAt = (root: Json, path: string): Json | undefined => {
  let value: Json | undefined = root;
  for (const [, key, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/gu)) {
    if (key !== undefined) value = isJsonObject(value) ? value[key] : undefined;
    else value = Array.isArray(value) ? value[Number(index)] : undefined;
  }
  return value;
};

/** Microseconds, because two references in one body must not be the same instant. */
const isoNow = (offsetSeconds: number): string => {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  const millis = Math.floor(micros / 1000) + offsetSeconds * 1000;
  const fraction = String(micros % 1000).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${fraction}Z`);
};

/** The variables of a text that have no value yet. */
export const unknownVariables = (
  text: string,
  variables: ReadonlyMap<string, string>,
): readonly string[] =>
  [...text.matchAll(REFERENCE)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'now' && !variables.has(name));

/** Fills in `{{name}}` and `{{now+seconds}}`; unknown references and `{{ templates }}` stay. */
export const fillIn = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replaceAll(REFERENCE, (whole: string, name: string, offset: string | undefined) =>
    name === 'now' ? isoNow(Number(offset ?? 0)) : (variables.get(name) ?? whole),
  );
