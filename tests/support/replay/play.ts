import { setTimeout as pause } from 'node:timers/promises';

import { compareAnswers } from './compare-answers.ts';
import type { Exchange } from './exchange.ts';
import type { Answer, Call } from './http-call.ts';
import { HttpCaller } from './http-call.ts';
import type { Json } from './lossless-json.ts';
import { parseJson } from './lossless-json.ts';
import { fillIn, unknownVariables, valueAt } from './variables.ts';

export interface Outcome {
  readonly exchange: Exchange;
  readonly answer: Answer | null;
  /** Empty when the answer matches the recorded one. */
  readonly differences: readonly string[];
  /** Variables that an earlier answer failed to give: the line was not sent. */
  readonly missing: readonly string[];
}

export interface PlayOptions {
  readonly url: string;
  /** The server's home folder, where answers mention it. */
  readonly home?: string;
  /** Files to compare; the others are played only where they change something. All by default. */
  readonly only?: readonly string[];
}

const BUSY_RETRIES = 4;

/** What one replay knows: the variables, and the names of saved ids on both sides. */
class Notebook {
  readonly variables = new Map<string, string>();
  readonly expectedIds = new Map<string, string>();
  readonly actualIds = new Map<string, string>();

  save(exchange: Exchange, answer: Answer): void {
    const entries = Object.entries(exchange.save);
    if (entries.length === 0 || exchange.status !== answer.status) return;
    const actual = jsonOf(answer.text);
    if (actual === undefined) return;
    for (const [name, path] of entries) {
      const value = valueAt(actual, path);
      if (typeof value !== 'string') continue;
      this.variables.set(name, value);
      if (exchange.answer === null || !('json' in exchange.answer)) continue;
      const recorded = valueAt(exchange.answer.json, path);
      if (typeof recorded !== 'string' || this.expectedIds.has(recorded)) continue;
      this.expectedIds.set(recorded, `<${name}>`);
      this.actualIds.set(value, `<${name}>`);
    }
  }
}

const jsonOf = (text: string): Json | undefined => {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};

const callOf = (exchange: Exchange, variables: ReadonlyMap<string, string>): Call => {
  const query = new URLSearchParams(
    Object.entries(exchange.query).map(([key, value]): [string, string] => [
      key,
      fillIn(value, variables),
    ]),
  ).toString();
  const filled = fillIn(exchange.path, variables);
  // A saved address (`next_page`) is absolute.
  const path = filled.startsWith('http') ? filled.replace(/^https?:\/\/[^/]+/u, '') : filled;
  const given = Object.entries(exchange.requestHeaders).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    fillIn(value, variables),
  ]);
  return {
    method: exchange.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...(exchange.body !== null ? { 'content-type': 'application/json' } : {}),
      ...Object.fromEntries(given),
    },
    body: exchange.body === null ? null : fillIn(exchange.body, variables),
  };
};

/** Sends one call; a passing 503 is repeated, and any 5xx is followed by a new connection. */
const sendPatiently = async (
  caller: HttpCaller,
  exchange: Exchange,
  call: Call,
): Promise<Answer> => {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await caller.send(call);
    if (answer.status >= 500) caller.reconnect();
    const isPassing = answer.status === 503 && exchange.status !== 503;
    if (!isPassing || attempt >= BUSY_RETRIES) return answer;
    await pause(200 * (attempt + 1));
  }
};

const referencesOf = (exchange: Exchange): string =>
  [exchange.path, exchange.body ?? '', ...Object.values(exchange.query)]
    .concat(Object.values(exchange.requestHeaders))
    .join('\n');

const playOne = async (
  caller: HttpCaller,
  exchange: Exchange,
  context: { readonly notebook: Notebook; readonly replacements: ReadonlyMap<string, string> },
): Promise<Outcome> => {
  const { notebook, replacements } = context;
  const missing = unknownVariables(referencesOf(exchange), notebook.variables);
  if (missing.length > 0) return { exchange, answer: null, differences: [], missing };
  if (exchange.waitSeconds > 0) await pause(exchange.waitSeconds * 1000);
  try {
    const answer = await sendPatiently(caller, exchange, callOf(exchange, notebook.variables));
    notebook.save(exchange, answer);
    const { expectedIds, actualIds } = notebook;
    const { isUnordered, varies } = exchange;
    const comparison = { expectedIds, actualIds, replacements, isUnordered, varies };
    const differences = compareAnswers(exchange, answer, comparison);
    return { exchange, answer, differences, missing: [] };
  } catch (error) {
    caller.reconnect();
    const reason = error instanceof Error ? error.message : String(error);
    return { exchange, answer: null, differences: [`no answer: ${reason}`], missing: [] };
  }
};

/** Plays recorded exchanges in order against an empty server and reports each compared line. */
export const playExchanges = async (
  exchanges: readonly Exchange[],
  options: PlayOptions,
): Promise<readonly Outcome[]> => {
  const url = options.url.replace(/\/$/u, '');
  const caller = new HttpCaller(url);
  const replacements = new Map([
    ['{{base}}', url],
    // The address of the recorded server, where it stands in settings.
    ['http://127.0.0.1:4200', url],
    ['{{home}}', options.home ?? '{{home}}'],
  ]);
  const notebook = new Notebook();
  notebook.variables.set('base', url);
  const outcomes: Outcome[] = [];
  try {
    for (const exchange of exchanges) {
      const isCompared = options.only?.includes(exchange.file) ?? true;
      if (!isCompared && !exchange.hasEffect && Object.keys(exchange.save).length === 0) continue;
      const outcome = await playOne(caller, exchange, { notebook, replacements });
      if (isCompared) outcomes.push(outcome);
    }
  } finally {
    caller.close();
  }
  return outcomes;
};
