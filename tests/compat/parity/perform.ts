import { type GraphQLField, type GraphQLObjectType } from 'graphql';

import { schema } from '#schema/index.ts';
import type { ApiAnswer } from '#tests/support/api.ts';

import type { Door } from './doors.ts';
import type { Refused } from './refusals.ts';
import type { GraphqlCall, RestCall, Step } from './step.ts';
import { at } from './step.ts';

const snake = (key: string): string =>
  key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The input of a mutation as a REST body; JSON within it stays as it is. */
const asBody = (input: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(input).map(([key, value]) => [snake(key), value]));

const addressOf = (template: string, { path = {}, query }: RestCall): string => {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const part = path[name];
    if (part === undefined) throw new Error(`No ${name} for ${template}`);
    return encodeURIComponent(part);
  });
  return query === undefined ? filled : `${filled}?${query}`;
};

/** Asks REST what a step or a refusal says. */
const callRest = (door: Door, asked: Pick<Step, 'rest' | 'call'>): Promise<ApiAnswer> => {
  const call = asked.call(door.found);
  const [method = '', template = ''] = asked.rest.split(' ');
  const isWrite = method !== 'GET' && method !== 'DELETE';
  const derived = call.input === undefined ? {} : asBody(call.input);
  const body = call.body ?? (isWrite ? derived : undefined);
  return door.rest(method, addressOf(template, call), body);
};

/** Does a step over REST and gives what is compared. Fails unless the answer tells of success. */
export const throughRest = async (door: Door, step: Step): Promise<unknown> => {
  const { status, json, text } = await callRest(door, step);
  if (status >= 300) throw new Error(`${step.rest} answered ${status}: ${text}`);
  return step.compare?.rest(json ?? text, status);
};

type Root = 'query' | 'mutation';

const rootOf = (name: string): { root: Root; field: GraphQLField<unknown, unknown> } => {
  const find = (type: GraphQLObjectType | null | undefined) => type?.getFields()[name];
  const query = find(schema.getQueryType());
  if (query !== undefined) return { root: 'query', field: query };
  const mutation = find(schema.getMutationType());
  if (mutation !== undefined) return { root: 'mutation', field: mutation };
  throw new Error(`The schema has no ${name}.`);
};

const selectionOf = (root: Root, name: string, select: string): string => {
  if (root === 'query') return select === '' ? '' : `{ ${select} }`;
  const isOfMany = name.startsWith('bulkDelete') || name.endsWith('OwnedBy');
  const payload = isOfMany
    ? 'BulkDeletePayload'
    : name.startsWith('delete')
      ? 'DeletePayload'
      : `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`;
  const own = select === '' && payload === 'DeletePayload' ? 'deletedId' : select;
  const wanted = own === '' ? '' : `... on ${payload} { ${own} }`;
  return `{ __typename ${wanted} ... on Error { code message } }`;
};

const readField = async (
  door: Door,
  name: string,
  { args, input, select = '' }: GraphqlCall,
): Promise<unknown> => {
  const { root, field } = rootOf(name);
  const given = input === undefined ? (args ?? {}) : { input };
  const used = field.args.filter((argument) => argument.name in given);
  const declared = used.map((argument) => `$${argument.name}: ${String(argument.type)}`);
  const passed = used.map((argument) => `${argument.name}: $${argument.name}`);
  const inBrackets = (parts: readonly string[]): string =>
    parts.length === 0 ? '' : `(${parts.join(', ')})`;
  const selection = selectionOf(root, name, select);
  const document = `${root} ${inBrackets(declared)} { ${name}${inBrackets(passed)} ${selection} }`;
  return at(await door.graphql(document, given), name);
};

const isRefusal = (answer: unknown): boolean =>
  String(at(answer, '__typename')).endsWith('Error') && at(answer, 'code') !== undefined;

/** Asks one field of the schema. Fails when a mutation is refused. */
export const askField = async (door: Door, name: string, call: GraphqlCall): Promise<unknown> => {
  const answer = await readField(door, name, call);
  if (isRefusal(answer)) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
  return answer;
};

/** How both doors refuse: the status of the one, the code of the other. */
export const refusalsOf = async (
  { rest, graphql }: { readonly rest: Door; readonly graphql: Door },
  asked: Refused,
): Promise<{ readonly status: number; readonly code: unknown }> => {
  const { status } = await callRest(rest, asked);
  const answer = await readField(graphql, asked.graphql, asked.call(graphql.found));
  return { status, code: at(answer, 'code') };
};

/** Does a step through GraphQL and gives what is compared. */
export const throughGraphql = async (door: Door, step: Step): Promise<unknown> => {
  // An operation may be a field of an object, which the step's selection then names.
  const answer = await askField(door, step.graphql, step.call(door.found));
  return step.compare?.graphql(answer);
};
