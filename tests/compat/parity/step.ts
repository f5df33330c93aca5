import type { Door } from './doors.ts';

export type Found = Readonly<Record<string, string>>;

/** How a step asks REST: what stands in the braces of its path, and its body. */
export interface RestCall {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
}

/** How a step asks GraphQL: a query with arguments, or a mutation with an input, and what it wants to know. */
export interface GraphqlCall {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly select?: string;
}

/** Takes from an answer what both doors tell. */
export interface Compared {
  readonly rest: (answer: unknown, status: number) => unknown;
  readonly graphql: (answer: unknown) => unknown;
}

/** One operation, done through both doors. */
export interface Step {
  /** The REST operation as the interface document writes it. */
  readonly rest: string;
  /** The field of the roots of the schema. */
  readonly graphql: string;
  readonly call: (found: Found) => RestCall & GraphqlCall;
  /** Without it only that both were done, and later the rows, are compared. */
  readonly compare?: Compared;
  /** What later steps need, out of what is compared. */
  readonly keep?: (compared: unknown) => Readonly<Record<string, unknown>>;
}

/** An operation that takes more than a call and an answer. */
export interface SpecialStep {
  readonly rest: string;
  readonly graphql: string;
  readonly throughRest: (door: Door) => Promise<unknown>;
  readonly throughGraphql: (door: Door) => Promise<unknown>;
}

/** Steps about one thing, after which the rows of both databases are the same. */
export interface Chapter {
  readonly name: string;
  readonly steps: readonly (Step | SpecialStep)[];
}

/** What stands at a dotted path within an answer. */
export const at = (value: unknown, path: string): unknown =>
  path === ''
    ? value
    : path
        .split('.')
        .reduce<unknown>(
          (inner, key) =>
            typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
          value,
        );

export const list = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`No list: ${JSON.stringify(value)}`);
};

/** The items in an order that does not depend on the door. */
export const inOrder = (items: readonly unknown[]): readonly unknown[] =>
  items.toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
