import { type Compared, at, list } from './step.ts';

/**
 * How a field of a REST answer is had from GraphQL: by a selection, and what to make of its result, and of the answer
 * where that is more than the field.
 */
type Term =
  | string
  | readonly [
      selection: string,
      read: (node: unknown) => unknown,
      readRest?: (answer: unknown) => unknown,
    ];

export interface View {
  readonly selection: string;
  readonly ofRest: (answer: unknown) => unknown;
  readonly ofGraphql: (node: unknown) => unknown;
}

const camel = (key: string): string =>
  key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

const RENAMED: Readonly<Record<string, string>> = { created: 'createdAt', updated: 'updatedAt' };

/** The path to what a selection such as `flow { id }` selects. */
const pathOf = (selection: string): string =>
  selection
    .replaceAll('}', '')
    .split('{')
    .map((part) => part.trim())
    .join('.');

/**
 * An entity as both doors tell it. `same` are the fields whose names differ only by their case, `terms` those that are
 * to be found elsewhere, `only` those that GraphQL does not tell; any other field of a REST answer is an error.
 */
export const view = (
  same: string,
  terms: Readonly<Record<string, Term>> = {},
  only: string = '',
): View => {
  const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);
  const all = new Map<string, Term>([
    ...words(same).map((key): [string, Term] => [key, RENAMED[key] ?? camel(key)]),
    ...Object.entries(terms),
  ]);
  const known = new Set([...all.keys(), ...words(only)]);
  return {
    selection: [...all.values()]
      .map((term) => (typeof term === 'string' ? term : term[0]))
      .join(' '),
    ofRest: (answer) => {
      if (typeof answer !== 'object' || answer === null) return answer ?? null;
      const unknown = Object.keys(answer).filter((key) => !known.has(key));
      if (unknown.length > 0) throw new Error(`Not compared: ${unknown.join(', ')}`);
      return Object.fromEntries(
        [...all].map(([key, term]) => [
          key,
          (typeof term === 'string' || term[2] === undefined ? at(answer, key) : term[2](answer)) ??
            null,
        ]),
      );
    },
    ofGraphql: (node) => {
      if (typeof node !== 'object' || node === null) return node ?? null;
      return Object.fromEntries(
        [...all].map(([key, term]) => [
          key,
          (typeof term === 'string' ? at(node, pathOf(term)) : term[1](node)) ?? null,
        ]),
      );
    },
  };
};

/** One entity, at a path of each answer. */
export const one = (shown: View, graphqlPath = '', restPath = ''): Compared => ({
  rest: (answer) => shown.ofRest(at(answer, restPath)),
  graphql: (answer) => shown.ofGraphql(at(answer, graphqlPath)),
});

/** A list of entities, at a path of each answer. */
export const many = (shown: View, graphqlPath = 'nodes', restPath = ''): Compared => ({
  rest: (answer) => list(at(answer, restPath)).map(shown.ofRest),
  graphql: (answer) => list(at(answer, graphqlPath)).map(shown.ofGraphql),
});

/** The same entities, in whatever order each door has them; `key` is the field they are sorted by. */
export const manyBy = (key: string, compared: Compared): Compared => {
  const sorted = (items: unknown): unknown =>
    list(items).toSorted((left, right) =>
      String(at(left, key)).localeCompare(String(at(right, key))),
    );
  return {
    rest: (answer, status) => sorted(compared.rest(answer, status)),
    graphql: (answer) => sorted(compared.graphql(answer)),
  };
};

/** A value that both doors tell, at a path of each answer. */
export const value = (graphqlPath: string, restPath = ''): Compared => ({
  rest: (answer) => at(answer, restPath),
  graphql: (answer) => at(answer, graphqlPath),
});

/** An entity that may have been there before, with whether it was made. */
export const made = (shown: View, graphqlPath: string): Compared => ({
  rest: (answer, status) => ({ created: status === 201, entity: shown.ofRest(answer) }),
  graphql: (answer) => ({
    created: at(answer, 'created'),
    entity: shown.ofGraphql(at(answer, graphqlPath)),
  }),
});

/** Keeps the id of what is compared under a name. */
export const idAs =
  (name: string, path = 'id') =>
  (compared: unknown): Readonly<Record<string, unknown>> => ({ [name]: at(compared, path) });
