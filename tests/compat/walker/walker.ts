import { setTimeout as pause } from 'node:timers/promises';

import { type Answer, HttpCaller } from '#tests/support/replay/http-call.ts';
import { type Json, isJsonObject, parseJson } from '#tests/support/replay/lossless-json.ts';

import type { WalkRequest } from './requests.ts';

const UNKNOWN_ID = '00000000-0000-4000-8000-00000000ffff';
const REFERENCE = /\{\{([\w-]+):(-?\d+)\}\}/gu;
const RETRIES = 20;
const RETRY_PAUSE_MILLIS = 500;
const MOMENT_EVERY = 60;
const HOUR_MILLIS = 3_600_000;

/** Times of a walk that both servers are asked about. */
export class Moments {
  readonly #noted: string[] = [];
  readonly #start = Date.now();

  note(step: number): void {
    if (step % MOMENT_EVERY === 0) this.#noted.push(new Date().toISOString());
  }

  /** The text that stands for `{{moment:n}}` and `{{hours:n}}`; null for what is no time. */
  text(kind: string, index: number): string | null {
    if (kind === 'hours') {
      // Half past, so that what is made now never falls on the border of an hour.
      return new Date(this.#start - HOUR_MILLIS / 2 + index * HOUR_MILLIS).toISOString();
    }
    return kind === 'moment' ? (this.#noted[index % this.#noted.length] ?? null) : null;
  }
}

/** One of the two servers with the ids of what was made on it. */
export class Walker {
  readonly #caller: HttpCaller;
  readonly #moments: Moments;
  readonly #made = new Map<string, string[]>();
  readonly names = new Map<string, string>();

  constructor(url: string, moments: Moments) {
    this.#caller = new HttpCaller(url);
    this.#moments = moments;
  }

  #fill(text: string): string {
    return text.replaceAll(REFERENCE, (_all, kind: string, index: string) => {
      const time = this.#moments.text(kind, Number(index));
      if (time !== null) return time;
      return this.#id(kind, Number(index)) ?? UNKNOWN_ID;
    });
  }

  /** The n-th id of a kind; below zero they are counted from the latest, which is -1. */
  #id(kind: string, index: number): string | undefined {
    const ids = this.#made.get(kind) ?? [];
    const place = (index < 0 ? -1 - index : index) % Math.max(1, ids.length);
    return index < 0 ? ids.at(-1 - place) : ids[place];
  }

  async send({ method, path, body }: WalkRequest): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const call = {
      method,
      path: encodeURI(this.#fill(path)).replaceAll('%25', '%'),
      headers,
      body: body === null ? null : this.#fill(body),
    };
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#caller.send(call);
      if (answer.status >= 500) this.#caller.reconnect();
      if (answer.status !== 503 || attempt === RETRIES) return answer;
      await pause(RETRY_PAUSE_MILLIS);
    }
  }

  #name(kind: string, id: Json | undefined): boolean {
    if (typeof id !== 'string' || this.names.has(id)) return false;
    this.names.set(id, `<${kind} ${this.#note(kind, id) - 1}>`);
    return true;
  }

  #note(kind: string, text: string): number {
    const noted = this.#made.get(kind) ?? [];
    this.#made.set(kind, noted);
    return noted.push(text);
  }

  /** Notes the ids of what a request has made. */
  remember(kind: string, answer: Answer): void {
    const json = parseJson(answer.text);
    for (const item of Array.isArray(json) ? json : [json]) {
      if (!isJsonObject(item)) continue;
      const isNew = this.#name(kind, item['id'] ?? item['lease_id']);
      // A block document names the type of its schema as well.
      const { block_type_id: typeId } = item;
      if (isNew && kind === 'block_schemas' && typeof typeId === 'string') {
        this.#note('schema_types', typeId);
      }
      const states = kind.replace(/s$/u, '_states');
      // Stories count the runs of a kind of their own, among which no state is to stand.
      if (isJsonObject(item['state']) && states !== kind) this.#name(states, item['state']['id']);
      const { schedules, checksum } = item;
      if (Array.isArray(schedules) && schedules.length === 1) {
        this.remember('schedules', { ...answer, text: JSON.stringify(schedules) });
      }
      const { next_page: next } = item;
      if (typeof next === 'string') this.#note(kind, next.replace(/^.*page-token=/u, ''));
      if (typeof checksum === 'string') this.#note('checksums', checksum);
    }
  }

  close(): void {
    this.#caller.close();
  }
}
