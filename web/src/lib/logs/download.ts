import { OlderLogsDocument, type LogLineFragment } from '@prefect-server/client-gen/web';

import { read } from '#lib/graphql/read.ts';
import { levelName } from '#lib/logs/levels.ts';
import { toaster } from '#lib/ui/toaster.svelte.ts';

/** Newest first. */
const readFrom = async (
  flowRunId: string,
  after: string | null,
): Promise<readonly LogLineFragment[]> => {
  const { data, error } = await read({
    operation: OlderLogsDocument,
    variables: { filter: { flowRunId: { in: [flowRunId] } }, after },
    isFresh: true,
  });
  if (data === undefined) throw new Error(error?.message ?? 'The logs could not be read.');
  const { nodes, pageInfo } = data.logs;
  if (!pageInfo.hasNextPage) return nodes;
  return [...nodes, ...(await readFrom(flowRunId, pageInfo.endCursor))];
};

const toText = ({ timestamp, level, name, message }: LogLineFragment): string =>
  `${timestamp} | ${levelName(level).padEnd(6)} | ${name} - ${message}\n`;

type Download = { readonly flowRunId: string; readonly runName: string };

/** Saves every line of the run, oldest first, as a text file. */
export const downloadLogs = async ({ flowRunId, runName }: Download): Promise<void> => {
  try {
    const lines = (await readFrom(flowRunId, null)).toReversed();
    const url = URL.createObjectURL(new Blob(lines.map(toText), { type: 'text/plain' }));
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: `${runName}.log`,
    });
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    toaster.show({ kind: 'error', text: error instanceof Error ? error.message : String(error) });
  }
};
