import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type App, createApp } from '#server/app.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';

import type { Variables } from './effect.ts';

export interface ObservedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, or as the text that it is. */
  readonly body: unknown;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ObservedApp {
  readonly app: App;
  readonly url: string;
  /** The lines of its log, parsed. */
  readonly lines: readonly { readonly level: string; readonly msg: string }[];
  /** Calls the REST door; a body makes it a POST. */
  call(path: string, body?: unknown, init?: CallOptions): Promise<ObservedAnswer>;
  /** The data of a GraphQL operation; throws its errors. */
  ask(query: string, variables?: object): Promise<unknown>;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const open = (app: App, url: string, lines: ObservedApp['lines']): ObservedApp => {
  const call: ObservedApp['call'] = async (path, body, init = {}) => {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const { status, headers } = response;
    return { status, headers, body: parse(await response.text()) };
  };
  return {
    app,
    url,
    lines,
    call,
    ask: async (query, variables = {}) => {
      const { body } = await call('/graphql', { query, variables });
      // The answer to an operation has this form.
      const { data, errors } = body as { data?: unknown; errors?: unknown };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
  };
};

/** Lets a whole server run in a folder of its own for as long as it is looked at; nothing is done that is not asked for. */
export const observe = async <T>(
  env: Variables,
  look: (observed: ObservedApp) => Promise<T> | T,
): Promise<T> => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-effects-'));
  const settings = readSettings({
    PREFECT_HOME: home,
    PREFECT_SERVER_API_PORT: '0',
    PREFECT_SERVER_LOGGING_LEVEL: 'CRITICAL',
    PREFECT_SERVER_SERVICES_ENABLED: 'false',
    PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
    ...env,
  });
  const lines: { readonly level: string; readonly msg: string }[] = [];
  const log = createLog(settings, { write: (line) => void lines.push(JSON.parse(line)) });
  try {
    const app = await createApp(settings, log);
    try {
      const { url } = await app.listen();
      return await look(open(app, url, lines));
    } finally {
      await app.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};
