import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** Closes every object and asks for each of its properties: real answers carry all fields and no others. */
const exact = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(exact);
  if (!isJsonObject(value)) return value;
  const closed = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, exact(inner)]),
  );
  const { properties } = value;
  if (value['type'] !== 'object' || !isJsonObject(properties)) return closed;
  return { ...closed, required: Object.keys(properties), additionalProperties: false };
};

interface Template {
  readonly method: string;
  readonly pattern: RegExp;
  readonly precision: number;
  readonly validate: ValidateFunction;
}

interface GivenAnswer {
  readonly method: string;
  /** Begins with the base path. */
  readonly path: string;
  readonly answer: unknown;
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^/api${path.replaceAll(/[.]/gu, '\\.').replaceAll(/\{[^}]+\}/gu, '[^/]+')}$`, 'u');

const successSchema = (operation: JsonValue | undefined): JsonObject | null => {
  const responses = isJsonObject(operation) ? operation['responses'] : undefined;
  for (const [status, response] of Object.entries(isJsonObject(responses) ? responses : {})) {
    const content = isJsonObject(response) ? response['content'] : undefined;
    const json = isJsonObject(content) ? content['application/json'] : undefined;
    const schema = isJsonObject(json) ? json['schema'] : undefined;
    if (status.startsWith('2') && isJsonObject(schema) && Object.keys(schema).length > 0) {
      return schema;
    }
  }
  return null;
};

const readTemplates = (document: JsonObject): readonly Template[] => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const root = exact(document);
  if (!isJsonObject(root) || !isJsonObject(root['paths'])) return [];
  ajv.addSchema({ $id: 'interface', components: root['components'] });
  return Object.entries(root['paths']).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([method, operation]) => {
      const schema = successSchema(operation);
      if (schema === null) return [];
      const text = JSON.stringify(schema).replaceAll('"#/components', '"interface#/components');
      return [
        {
          method: method.toUpperCase(),
          pattern: patternOf(path),
          precision: path.replaceAll(/\{[^}]+\}/gu, '').length,
          validate: ajv.compile(JSON.parse(text)),
        },
      ];
    }),
  );
};

/** Makes the check of an answer: null when it has the promised form, else why not; undefined when none is promised. */
export const answerCheck = (
  document: JsonObject,
): ((given: GivenAnswer) => string | null | undefined) => {
  const templates = readTemplates(document);
  return ({ method, path, answer }) => {
    const [template] = templates
      .filter((candidate) => candidate.method === method && candidate.pattern.test(path))
      .toSorted((left, right) => right.precision - left.precision);
    if (template === undefined) return undefined;
    if (template.validate(answer)) return null;
    const [error] = template.validate.errors ?? [];
    return `${error?.instancePath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params)}`;
  };
};
