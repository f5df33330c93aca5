import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { withAlsoVaries } from './also-varies.ts';
import type { Json } from './lossless-json.ts';
import { compactJson, isJsonObject, parseJson } from './lossless-json.ts';

/** One recorded request with the answer of the real server. */
export interface Exchange {
  readonly file: string;
  readonly seq: number;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** What is sent, before variables are filled in; null when there is no body. */
  readonly body: string | null;
  readonly save: Readonly<Record<string, string>>;
  readonly waitSeconds: number;
  readonly hasEffect: boolean;
  readonly isUnordered: boolean;
  readonly varies: readonly string[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: { readonly json: Json } | { readonly text: string } | null;
}

const strings = (value: Json | undefined): Readonly<Record<string, string>> =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item)]))
    : {};

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const requestBody = (line: string, raw: Json | undefined, hasBody: boolean): string | null => {
  if (typeof raw === 'string') return raw;
  if (!hasBody) return null;
  // The whole line is re-written, so that the numbers of its body keep their spelling.
  const marker = '"body":';
  const compact = compactJson(line);
  const start = compact.indexOf(marker) + marker.length;
  return compact.slice(start, endOfValue(compact, start));
};

const endOfString = (json: string, start: number): number => {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
};

const endOfValue = (json: string, start: number): number => {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const character = json[at] ?? '';
    if (character === '"') {
      at = endOfString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if ('[{'.includes(character)) depth += 1;
    if (depth === 0 && ',}'.includes(character)) return at;
    if (']}'.includes(character)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  return at;
};

const answerOf = (line: Record<string, Json>): Exchange['answer'] => {
  if ('json' in line) return { json: line['json'] ?? null };
  return 'text' in line ? { text: text(line['text']) } : null;
};

const exchangeOf = (file: string, source: string): Exchange => {
  const parsed = parseJson(source);
  if (!isJsonObject(parsed)) throw new Error(`${file}: a line is not an object`);
  const { varies } = parsed;
  return {
    file,
    seq: Number(parsed['seq']),
    name: text(parsed['name']),
    method: text(parsed['method']),
    path: text(parsed['path']),
    query: strings(parsed['query']),
    requestHeaders: strings(parsed['request_headers']),
    body: requestBody(source, parsed['raw_body'], 'body' in parsed),
    save: strings(parsed['save']),
    waitSeconds: Number(parsed['wait_s'] ?? 0),
    hasEffect: parsed['effect'] === true,
    isUnordered: parsed['unordered'] === true,
    varies: Array.isArray(varies) ? varies.map(String) : [],
    status: Number(parsed['status']),
    headers: strings(parsed['headers']),
    answer: answerOf(parsed),
  };
};

/** Reads every `*.jsonl` of a folder, merged in the order in which they were recorded. */
export const readExchanges = (folder: string): readonly Exchange[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => withAlsoVaries(exchangeOf(basename(file, '.jsonl'), line))),
    )
    .toSorted((left, right) => left.seq - right.seq);
