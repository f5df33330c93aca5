import { builder } from '../builder.ts';
import {
  AlreadyExists,
  Conflict,
  InvalidInput,
  type InputIssue as InputIssueShape,
  LeaseExpired,
  NotFound,
  ParameterSchemaMismatch,
  Protected,
  type Refusal,
} from './classes.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Why something was not done.',
  values: {
    INVALID_INPUT: { description: 'The input makes no sense.' },
    NOT_FOUND: { description: 'What it is about is not there.' },
    ALREADY_EXISTS: { description: 'Something of that name is there already.' },
    CONFLICT: { description: 'The present state of things does not allow it.' },
    PROTECTED: { description: 'It belongs to the server itself.' },
    PARAMETER_SCHEMA: { description: 'The parameters do not fit their schema.' },
    LIMIT_REACHED: { description: 'A concurrency limit has too few slots left.' },
    LEASE_EXPIRED: { description: 'What was held has ended.' },
  },
});

const TYPENAMES: Readonly<Record<Refusal['code'], string>> = {
  INVALID_INPUT: 'InvalidInputError',
  NOT_FOUND: 'NotFoundError',
  ALREADY_EXISTS: 'AlreadyExistsError',
  CONFLICT: 'ConflictError',
  PROTECTED: 'ProtectedError',
  PARAMETER_SCHEMA: 'ParameterSchemaError',
  LIMIT_REACHED: 'LimitReachedError',
  LEASE_EXPIRED: 'LeaseExpiredError',
};

export const ErrorInterface = builder.interfaceRef<Refusal>('Error').implement({
  resolveType: ({ code }) => TYPENAMES[code],
  description:
    'Why a mutation was not done. Every refusal has these fields, those to come as well.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'The reason in words.' }),
    code: t.expose('code', { type: ErrorCode, description: 'The reason in one word.' }),
    path: t.stringList({
      nullable: true,
      description: 'Where in the input the reason lies; null when it is in no one place.',
      resolve: ({ path }) => (path === null ? null : [...path]),
    }),
  }),
});

export const InputIssue = builder.objectRef<InputIssueShape>('InputIssue').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong.' }),
    path: t.stringList({
      description: 'Where in the input.',
      resolve: ({ path }) => [...path],
    }),
    rule: t.string({
      nullable: true,
      description: 'The rule that is broken, such as a keyword of a JSON schema.',
      resolve: ({ rule }) => rule ?? null,
    }),
  }),
});

builder.objectType(InvalidInput, {
  name: 'InvalidInputError',
  description: 'The input makes no sense.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssue],
      description: 'What is wrong, as far as it can be told apart.',
      resolve: ({ issues }) => [...issues],
    }),
  }),
});

builder.objectType(NotFound, {
  name: 'NotFoundError',
  description: 'What it is about is not there.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    typename: t.exposeString('typename', { description: 'What kind of thing is missing.' }),
    key: t.exposeString('key', { description: 'What it was looked for by.' }),
  }),
});

builder.objectType(AlreadyExists, {
  name: 'AlreadyExistsError',
  description: 'Something of that name is there already.',
  interfaces: [ErrorInterface],
});

builder.objectType(Conflict, {
  name: 'ConflictError',
  description: 'The present state of things does not allow it.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.exposeString('message', { description: 'What stands against it.' }),
  }),
});

builder.objectType(Protected, {
  name: 'ProtectedError',
  description: 'It belongs to the server itself.',
  interfaces: [ErrorInterface],
});

builder.objectType(ParameterSchemaMismatch, {
  name: 'ParameterSchemaError',
  description: 'The parameters do not fit the schema of their deployment.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssue],
      description: 'What is wrong with them, as far as it can be told apart.',
      resolve: ({ issues }) => [...issues],
    }),
  }),
});

builder.objectType(LeaseExpired, {
  name: 'LeaseExpiredError',
  description: 'What was held has ended: somebody else may hold it now.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    leaseId: t.exposeID('leaseId', { description: 'The id of the lease.' }),
  }),
});
