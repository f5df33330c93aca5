import type { FieldMap, InputFieldMap, InputShapeFromFields, ObjectRef } from '@pothos/core';

import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { Conflict, NotFound, Protected } from '../errors/classes.ts';
import { type RefusalClasses, toRefusal } from '../errors/to-refusal.ts';

type Types = typeof builder.$inferSchemaTypes;
type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

interface MutationOptions<Fields extends InputFieldMap, Payload extends object> {
  readonly description: string;
  readonly input: (t: InputFields) => Fields;
  readonly payload: ObjectRef<Types, Payload>;
  readonly errors: RefusalClasses;
  readonly resolve: (input: InputShapeFromFields<Fields>, ctx: GraphQLContext) => Promise<Payload>;
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const defineInput = <Fields extends InputFieldMap>(
  name: string,
  fields: (t: InputFields) => Fields,
) =>
  builder.inputType(`${capitalised(name)}Input`, {
    description: `What \`${name}\` is done with.`,
    fields,
  });

const refusing = async <Result>(
  errors: RefusalClasses,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw toRefusal(error, errors);
  }
};

/** Makes the type of what a mutation answers when it was done. */
export const definePayload = <Payload extends object>(
  mutation: string,
  fields: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Payload>) => FieldMap,
): ObjectRef<Types, Payload> =>
  builder.objectRef<Payload>(`${capitalised(mutation)}Payload`).implement({
    description: `What \`${mutation}\` did.`,
    fields,
  });

/** Makes a mutation with its input and the union of its payload with the ways in which it may be refused. */
export const defineMutation = <Fields extends InputFieldMap, Payload extends object>(
  name: string,
  { description, errors, payload, ...options }: MutationOptions<Fields, Payload>,
): void => {
  const result = builder.errorUnion(`${capitalised(name)}Result`, {
    description: `What \`${name}\` did, or why it did not.`,
    types: [payload, ...errors],
    resolveType: () => payload.name,
  });
  const input = defineInput(name, options.input);
  const resolve = (
    _root: unknown,
    args: { readonly input: InputShapeFromFields<Fields> },
    ctx: GraphQLContext,
  ): Promise<Payload> => refusing(errors, () => options.resolve(args.input, ctx));
  builder.mutationField(name, (t) =>
    t.field({
      type: result,
      description,
      args: { input: t.arg({ type: input, required: true, description: 'What to do it with.' }) },
      // Input and result were made from these very types, which the refs of generic types have lost on the way.
      resolve: resolve as never,
    }),
  );
};

const DeletePayload = builder.objectRef<{ readonly deletedId: string }>('DeletePayload').implement({
  description: 'What a deletion did.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: 'The id of what is gone.' }),
  }),
});

const DELETE_ERRORS: RefusalClasses = [NotFound, Conflict, Protected];

const DeleteResult = builder.errorUnion('DeleteResult', {
  description: 'What a deletion did, or why it did not.',
  types: [DeletePayload, ...DELETE_ERRORS],
  resolveType: () => 'DeletePayload',
});

interface DeletionOptions<Fields extends InputFieldMap> {
  readonly description: string;
  readonly input: (t: InputFields) => Fields;
  /** Deletes it and gives its id. */
  readonly resolve: (input: InputShapeFromFields<Fields>, ctx: GraphQLContext) => Promise<string>;
}

/** Makes a mutation that deletes one thing. */
export const defineDeletion = <Fields extends InputFieldMap>(
  name: string,
  options: DeletionOptions<Fields>,
): void => {
  const input = defineInput(name, options.input);
  const resolve = (
    _root: unknown,
    args: { readonly input: InputShapeFromFields<Fields> },
    ctx: GraphQLContext,
  ): Promise<{ readonly deletedId: string }> =>
    refusing(DELETE_ERRORS, async () => ({ deletedId: await options.resolve(args.input, ctx) }));
  builder.mutationField(name, (t) =>
    t.field({
      type: DeleteResult,
      description: options.description,
      args: { input: t.arg({ type: input, required: true, description: 'What to delete.' }) },
      // The input was made from these very types, which the refs of generic types have lost on the way.
      resolve: resolve as never,
    }),
  );
};
