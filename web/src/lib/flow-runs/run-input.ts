import { FlowRunInputRequestDocument } from '@prefect-server/client-gen/web';

import { read } from '#lib/graphql/read.ts';
import { isJsonObject } from '#lib/parameters/schema-fields.ts';

/** What a paused run asks for. */
export type RunInputRequest = {
  /** The JSON schema of its input; null when it asks for none. */
  readonly schema: Record<string, unknown> | null;
  /** What the fields begin with. */
  readonly initial: Record<string, unknown>;
  /** What the run says about it. */
  readonly description: string | null;
};

const nothing: RunInputRequest = { schema: null, initial: {}, description: null };

/** Inputs are kept as they were sent, which for clients in Python is JSON in a text. */
const unpack = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

/** Reads what a paused flow run asks for, freshly. */
export const readRunInput = async (id: string): Promise<RunInputRequest> => {
  const { data } = await read({
    operation: FlowRunInputRequestDocument,
    variables: { id },
    isFresh: true,
  });
  const keyset = data?.flowRun?.waiting.find(({ inputKeyset }) => inputKeyset)?.inputKeyset;
  if (!keyset) return nothing;
  const under = (name: string): unknown => {
    const found = data?.flowRun?.inputs.nodes.find(({ key }) => key === keyset[name]);
    return unpack(found?.value);
  };
  const schema = under('schema');
  const description = under('description');
  return {
    schema: isJsonObject(schema) ? schema : {},
    initial: {},
    description: typeof description === 'string' ? description : null,
  };
};
