import { ServerError } from '#server/errors.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

const PLACEHOLDER = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/g;

const isFilled = (value: JsonValue | undefined): value is JsonObject =>
  isJsonObject(value) && Object.keys(value).length > 0;

/** The names in double braces anywhere in a value. */
const placeholderNames = (value: JsonValue): ReadonlySet<string> =>
  new Set(Array.from(JSON.stringify(value).matchAll(PLACEHOLDER), ([, name]) => name ?? ''));

/** What is wrong with the template that a work pool makes its jobs from; null when nothing is. */
export const baseJobTemplateFault = (template: JsonObject): string | null => {
  if (Object.keys(template).length === 0) return null;
  const { job_configuration: configuration, variables } = template;
  if (!isFilled(configuration) || !isFilled(variables)) {
    return 'The `base_job_template` must contain both a `job_configuration` key and a `variables` key.';
  }
  const { properties } = variables;
  const declared = new Set(isJsonObject(properties) ? Object.keys(properties) : []);
  const undeclared = [...placeholderNames(configuration)].filter((name) => !declared.has(name));
  if (undeclared.length === 0) return null;
  return `The variables specified in the job configuration template must be present as properties in the variables schema. Your job configuration uses the following undeclared variable(s): ${undeclared.join(' ,')}.`;
};

/** INVALID when the template does not hold together. */
export const requireBaseJobTemplate = (template: JsonObject): void => {
  const fault = baseJobTemplateFault(template);
  if (fault !== null) throw new ServerError('INVALID', fault);
};
