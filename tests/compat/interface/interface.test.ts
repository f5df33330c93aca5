import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { openapiDocument } from '#server/api/openapi.ts';
import { listRoutes } from '#server/api/routes.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { openTestContext } from '#tests/support/database.ts';
import { readExchanges } from '#tests/support/replay/exchange.ts';

import { notBuiltTemplate } from '../not-built.ts';
import { answerCheck } from './answer-check.ts';
import { KNOWN_INTERFACE_DIFFERENCES } from './known-differences.ts';
import { differencesOf, operationsOf } from './operations.ts';

const REFERENCE = join(import.meta.dirname, '../../reference');

let document: JsonObject;
let opened: Awaited<ReturnType<typeof openTestContext>>;

beforeAll(async () => {
  opened = await openTestContext('sqlite');
  document = openapiDocument(listRoutes(opened.ctx), '/api');
});

afterAll(() => opened.close());

const readJson = (name: string): JsonObject => {
  const value: JsonValue = JSON.parse(readFileSync(join(REFERENCE, name), 'utf8'));
  if (!isJsonObject(value)) throw new Error(`${name} holds no object.`);
  return value;
};

const isOfOneNotBuilt = (line: string): boolean => {
  const path = line.split(' ')[1]?.replace(/:$/u, '') ?? '';
  return notBuiltTemplate(`/api${path}`) !== null;
};

test('the interface document says what that of the real server says, but for the listed places', () => {
  const lines = differencesOf(document, readJson('openapi.json'));
  const unexplained = lines.filter(
    (line) =>
      !isOfOneNotBuilt(line) &&
      !KNOWN_INTERFACE_DIFFERENCES.some((known) => known.lines.test(line)),
  );
  const operations = operationsOf(document).size;
  console.log(
    `${operations} operations compared with those of the real server; on purpose not equal:`,
  );
  for (const { lines: pattern, reason } of KNOWN_INTERFACE_DIFFERENCES) {
    const count = lines.filter((line) => pattern.test(line)).length;
    console.log(`  ${count} places, because ${reason}`);
  }
  expect(unexplained).toEqual([]);
});

test('each listed difference is one', () => {
  const lines = differencesOf(document, readJson('openapi.json'));
  const needless = KNOWN_INTERFACE_DIFFERENCES.filter(
    (known) => !lines.some((line) => known.lines.test(line)),
  );
  expect(needless).toEqual([]);
});

test('every recorded answer has just the form that the document promises', () => {
  const check = answerCheck(document);
  const faults: string[] = [];
  let checked = 0;
  for (const exchange of readExchanges(join(REFERENCE, 'exchanges'))) {
    const { answer, status, method, path } = exchange;
    // What clients of former versions are told is less.
    if (exchange.requestHeaders['User-Agent'] !== undefined) continue;
    if (answer === null || !('json' in answer) || status >= 300) continue;
    const fault = check({ method, path, answer: answer.json });
    if (fault === undefined) continue;
    checked += 1;
    if (fault !== null) faults.push(`${exchange.file}:${exchange.seq} ${method} ${path}: ${fault}`);
  }
  expect(faults).toEqual([]);
  expect(checked).toBeGreaterThan(500);
});
