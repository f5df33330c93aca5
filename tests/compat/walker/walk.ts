import { setTimeout as pause } from 'node:timers/promises';

import { compareJson, compareText } from '#tests/support/replay/compare-values.ts';
import { type Answer, HttpCaller } from '#tests/support/replay/http-call.ts';
import { isJsonObject, parseJson } from '#tests/support/replay/lossless-json.ts';

import type { WalkRequest } from './requests.ts';

export interface WalkResult {
  /** How many answers had each pair of statuses, real one first: `201/201`. */
  readonly statuses: ReadonlyMap<string, number>;
  /** What differed, with the number of the step. */
  readonly differences: readonly string[];
}

const UNKNOWN_ID = '00000000-0000-4000-8000-00000000ffff';
const REFERENCE = /\{\{([\w-]+):(\d+)\}\}/gu;
const RETRIES = 4;

/** One of the two servers with the ids of what was made on it. */
class Walker {
  readonly #caller: HttpCaller;
  readonly #made = new Map<string, string[]>();
  readonly names = new Map<string, string>();

  constructor(url: string) {
    this.#caller = new HttpCaller(url);
  }

  #fill(text: string): string {
    return text.replaceAll(REFERENCE, (_all, kind: string, index: string) => {
      const ids = this.#made.get(kind) ?? [];
      return ids[Number(index) % Math.max(1, ids.length)] ?? UNKNOWN_ID;
    });
  }

  async send({ method, path, body }: WalkRequest): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const call = {
      method,
      path: encodeURI(this.#fill(path)),
      headers,
      body: body === null ? null : this.#fill(body),
    };
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#caller.send(call);
      if (answer.status >= 500) this.#caller.reconnect();
      if (answer.status !== 503 || attempt === RETRIES) return answer;
    }
  }

  remember(kind: string, answer: Answer): void {
    const json = parseJson(answer.text);
    const id = isJsonObject(json) ? (json['id'] ?? json['lease_id']) : null;
    if (typeof id !== 'string' || this.names.has(id)) return;
    const ids = this.#made.get(kind) ?? [];
    this.names.set(id, `<${kind} ${ids.length}>`);
    this.#made.set(kind, [...ids, id]);
  }

  close(): void {
    this.#caller.close();
  }
}

interface Given {
  readonly walker: Walker;
  readonly answer: Answer;
}

const compareBodies = (
  { isOrdered = false }: WalkRequest,
  { real, ours }: { readonly real: Given; readonly ours: Given },
): readonly string[] => {
  const comparison = {
    expectedIds: real.walker.names,
    actualIds: ours.walker.names,
    replacements: new Map<string, string>(),
    isUnordered: !isOrdered,
    varies: [],
  };
  const isJson = real.answer.headers['content-type'] === 'application/json';
  if (!isJson) {
    return compareText(
      { path: 'body', expected: real.answer.text, actual: ours.answer.text },
      comparison,
    );
  }
  return compareJson(
    { expected: parseJson(real.answer.text), actual: parseJson(ours.answer.text) },
    comparison,
  );
};

/** Sends the same requests to both servers, one after the other, and tells where the answers differ. */
export const walkBoth = async (
  urls: { readonly real: string; readonly ours: string },
  requests: readonly WalkRequest[],
): Promise<WalkResult> => {
  const real = new Walker(urls.real);
  const ours = new Walker(urls.ours);
  const statuses = new Map<string, number>();
  const differences: string[] = [];
  try {
    for (const [step, request] of requests.entries()) {
      if (request.waitSeconds !== undefined) await pause(request.waitSeconds * 1000);
      const [expected, actual] = await Promise.all([real.send(request), ours.send(request)]);
      const pair = `${expected.status}/${actual.status}`;
      statuses.set(pair, (statuses.get(pair) ?? 0) + 1);
      const where = `${step} ${request.method} ${request.path} ${request.body ?? ''}`;
      // A fault of the real server is not worth copying; ours must refuse or do what was asked.
      if (expected.status >= 500 && actual.status < 500) continue;
      if (expected.status !== actual.status) {
        differences.push(
          `${where}: status ${pair} ${expected.text.slice(0, 400)} / ${actual.text.slice(0, 400)}`,
        );
        continue;
      }
      if (request.makes !== null && expected.status < 300) {
        real.remember(request.makes, expected);
        ours.remember(request.makes, actual);
      }
      const found = compareBodies(request, {
        real: { walker: real, answer: expected },
        ours: { walker: ours, answer: actual },
      });
      for (const line of found) differences.push(`${where}: ${line}`);
    }
  } finally {
    real.close();
    ours.close();
  }
  return { statuses, differences };
};
