import type { IncomingMessage } from 'node:http';

import { parseId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';

const headerOf = (headers: IncomingMessage['headers'], name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** Who is behind a call, as its headers tell: an automation, or nobody in particular. */
export const creatorOf = (headers: IncomingMessage['headers']): JsonObject | null => {
  const id = parseId(headerOf(headers, 'prefect-automation-id') ?? '');
  const name = headerOf(headers, 'prefect-automation-name');
  if (id === null || name === null) return null;
  return {
    id,
    type: 'AUTOMATION',
    display_value: Buffer.from(name, 'base64').toString('utf8'),
  };
};
