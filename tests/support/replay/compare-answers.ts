import type { Comparison } from './compare-values.ts';
import { compareJson, compareText } from './compare-values.ts';
import type { Exchange } from './exchange.ts';
import type { Answer } from './http-call.ts';
import { parseJson } from './lossless-json.ts';

const COMPARED_HEADERS = [
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-max-age',
  'allow',
  'content-disposition',
  'content-encoding',
  'content-type',
  'location',
  'retry-after',
  'vary',
];
const COMPRESSION_HEADERS = new Set(['content-encoding', 'vary']);
const COMPRESSED_FROM_BYTES = 500;
/** Names and times differ in length, so an answer near the limit may fall on either side. */
const COMPRESSION_LEEWAY_BYTES = 24;

const isNumeric = (text: string | undefined): boolean =>
  text !== undefined && Number.isFinite(Number(text));

const compareHeaders = (
  exchange: Exchange,
  answer: Answer,
  comparison: Comparison,
): readonly string[] =>
  COMPARED_HEADERS.flatMap((name) => {
    const expected = exchange.headers[name];
    const actual = answer.headers[name];
    if (expected === actual) return [];
    const isNearLimit =
      Math.abs(answer.sizeBytes - COMPRESSED_FROM_BYTES) < COMPRESSION_LEEWAY_BYTES;
    if (COMPRESSION_HEADERS.has(name) && isNearLimit) return [];
    // Whether an acceptable compression is worth its CPU time is the server's own choice.
    if (name === 'content-encoding' && actual === undefined) return [];
    if (name === 'retry-after' && isNumeric(expected) && isNumeric(actual)) return [];
    const path = `header ${name}`;
    if (expected === undefined) return [`${path}: not expected, got ${actual}`];
    if (actual === undefined) return [`${path}: expected ${expected}, got nothing`];
    return compareText({ path, expected, actual }, comparison);
  });

const compareBodies = (
  exchange: Exchange,
  answer: Answer,
  comparison: Comparison,
): readonly string[] => {
  const expected = exchange.answer;
  if (expected === null) {
    return answer.text === '' ? [] : [`body: expected none, got ${answer.text.slice(0, 160)}`];
  }
  if ('text' in expected) {
    return compareText({ path: 'body', expected: expected.text, actual: answer.text }, comparison);
  }
  try {
    return compareJson({ expected: expected.json, actual: parseJson(answer.text) }, comparison);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [`body: not JSON: ${answer.text.slice(0, 160)}`];
  }
};

/** Lists how an answer differs from the recorded one: status, headers, body. */
export const compareAnswers = (
  exchange: Exchange,
  answer: Answer,
  comparison: Comparison,
): readonly string[] => {
  if (exchange.status !== answer.status) {
    return [
      `status: expected ${exchange.status}, got ${answer.status} ${answer.text.slice(0, 300)}`,
    ];
  }
  return [
    ...compareHeaders(exchange, answer, comparison),
    ...compareBodies(exchange, answer, comparison),
  ];
};
