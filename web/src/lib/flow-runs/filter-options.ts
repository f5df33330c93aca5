import {
  DeploymentOptionsDocument,
  FlowOptionsDocument,
  WorkPoolOptionsDocument,
} from '@prefect-server/client-gen/web';

import { read } from '#lib/graphql/read.ts';
import type { Option } from '#lib/ui/MultiSelect.svelte';

const toOption = (text: string): Option => ({ value: text, label: text });

export const readFlowOptions = async (text: string): Promise<readonly Option[]> => {
  const { data } = await read({
    operation: FlowOptionsDocument,
    variables: { filter: text === '' ? null : { name: { contains: text } } },
  });
  return (data?.flows.nodes ?? []).map(({ name }) => toOption(name));
};

export const readDeploymentOptions = async (text: string): Promise<readonly Option[]> => {
  const { data } = await read({
    operation: DeploymentOptionsDocument,
    variables: { filter: text === '' ? null : { flowOrDeploymentName: { contains: text } } },
  });
  return (data?.deployments.nodes ?? []).map(({ fullName }) => toOption(fullName));
};

export const readWorkPoolOptions = async (): Promise<readonly Option[]> => {
  const { data } = await read({ operation: WorkPoolOptionsDocument, variables: {} });
  return (data?.workPools.nodes ?? []).map(({ name }) => toOption(name));
};
