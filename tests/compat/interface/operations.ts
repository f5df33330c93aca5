import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { type Shape, shapeOf } from './shape.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const objectAt = (
  value: JsonValue | undefined,
  ...steps: readonly string[]
): JsonValue | undefined => {
  let found = value;
  for (const step of steps) found = isJsonObject(found) ? found[step] : undefined;
  return found;
};

const parameterShape = (
  document: JsonObject,
  parameters: JsonValue | undefined,
): readonly Shape[] => {
  if (!Array.isArray(parameters)) return [];
  return parameters.filter(isJsonObject).map((parameter) => {
    const { in: place, name } = parameter;
    const path = typeof place === 'string' && typeof name === 'string' ? `${place} ${name}` : '';
    const shape = new Map(shapeOf(document, parameter['schema'], path));
    if (parameter['required'] === true) shape.set(`${path} required`, 'yes');
    return shape;
  });
};

const answerShapes = (document: JsonObject, responses: JsonValue | undefined): readonly Shape[] => {
  if (!isJsonObject(responses)) return [];
  return Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, response]) => {
      const schema = objectAt(response, 'content', 'application/json', 'schema');
      const path = 'answer';
      const shape = new Map(schema === undefined ? [] : shapeOf(document, schema, path));
      shape.set(`answer ${status}`, 'yes');
      return shape;
    });
};

/** The operations of an interface document: `METHOD /path` and what a client can depend on there. */
export const operationsOf = (document: JsonObject): ReadonlyMap<string, Shape> => {
  const operations = new Map<string, Shape>();
  const paths = document['paths'];
  for (const [path, item] of Object.entries(isJsonObject(paths) ? paths : {})) {
    for (const method of METHODS) {
      const operation = objectAt(item, method);
      if (!isJsonObject(operation)) continue;
      const body = objectAt(operation, 'requestBody', 'content', 'application/json', 'schema');
      const shapes = [
        ...parameterShape(document, operation['parameters']),
        body === undefined ? new Map<string, string>() : shapeOf(document, body, 'body'),
        ...answerShapes(document, operation['responses']),
      ];
      operations.set(
        `${method.toUpperCase()} ${path}`,
        new Map(shapes.flatMap((shape) => Array.from(shape))),
      );
    }
  }
  return operations;
};

const ABSENT = 'nothing';

/** Where two interface documents differ, a line each: `POST /flows/ body.tags: array, expected …`. */
export const differencesOf = (given: JsonObject, expected: JsonObject): readonly string[] => {
  const ours = operationsOf(given);
  const theirs = operationsOf(expected);
  const lines: string[] = [];
  for (const [name, wanted] of theirs) {
    const found = ours.get(name);
    if (found === undefined) {
      lines.push(`${name}: no such operation`);
      continue;
    }
    for (const place of new Set([...wanted.keys(), ...found.keys()])) {
      const [is = ABSENT, should = ABSENT] = [found.get(place), wanted.get(place)];
      if (is !== should) lines.push(`${name} ${place}: ${is}, expected ${should}`);
    }
  }
  for (const name of ours.keys()) {
    if (!theirs.has(name)) lines.push(`${name}: not in Prefect's interface`);
  }
  return lines;
};
