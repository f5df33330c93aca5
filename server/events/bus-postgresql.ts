import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { z } from 'zod';

import { toError } from '#server/errors.ts';
import type { Log } from '#server/log.ts';

import { createInProcessBus } from './bus-in-process.ts';
import { type Bus, type Signal } from './bus.ts';

const CHANNEL = 'prefect_server';
/** Signals of this long travel together: a notification costs PostgreSQL a commit of its own. */
const GATHER_MILLIS = 20;
const RECONNECT_MILLIS = 1000;
/** How often the database is asked for a sign of life, and how long one may take before the connection counts as lost. */
const PING_MILLIS = 2000;
const ANSWER_MILLIS = 3000;
const GOODBYE_MILLIS = 500;
// PostgreSQL takes 8,000 bytes at most; beyond this many signals the others are told to look at everything.
const MAX_SIGNALS = 80;

const message = z.object({
  from: z.string(),
  signals: z.array(z.tuple([z.string(), z.string()])),
});

type Message = z.output<typeof message>;

/** Reads what another server sent; null for anything else that somebody with access to the database may send. */
const parseMessage = (payload: string | undefined): Message | null => {
  try {
    return message.safeParse(JSON.parse(payload ?? '')).data ?? null;
  } catch {
    return null;
  }
};

/** Ends a connection without waiting longer than a moment for a database that may not hear it. */
const hangUp = async (client: pg.Client): Promise<void> => {
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, delay(GOODBYE_MILLIS, null, { ref: false })]);
};

class PostgresqlBus implements Bus {
  readonly #local = createInProcessBus();
  readonly #self = randomUUID();
  readonly #url: string;
  readonly #log: Log;
  #client: pg.Client | null = null;
  #outgoing = new Map<string, Signal>();
  #isSending = false;
  readonly #closing = new AbortController();

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'prefect-server bus',
      // A firewall forgets connections on which nothing is said, and tells neither side.
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MILLIS,
      query_timeout: ANSWER_MILLIS,
      // A sign of life may be asked for while a signal is on its way.
      pipeline: true,
    });
    client.on('notification', (notification) => this.#receive(parseMessage(notification.payload)));
    // Until it listens, whoever called this hears of its failure; only one that did listen is replaced when it breaks.
    client.on('error', (error) => {
      if (this.#client === client) void this.#reconnect(error);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await hangUp(client);
      throw error;
    }
    if (this.#isClosed) await hangUp(client);
    else {
      this.#client = client;
      void this.#watch(client);
    }
  }

  wake(signals: readonly Signal[]): void {
    this.#local.wake(signals);
  }

  publish(signals: readonly Signal[]): void {
    this.#local.wake(signals);
    for (const signal of signals) this.#outgoing.set(`${signal.topic} ${signal.key}`, signal);
    if (this.#isSending || this.#outgoing.size === 0) return;
    this.#isSending = true;
    void this.#send();
  }

  subscribe(topic: string, listener: (signal: Signal) => void): () => void {
    return this.#local.subscribe(topic, listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#local.close();
    if (this.#client !== null) await hangUp(this.#client);
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Makes the connection anew when the database has nothing to say on it any more: one that only listens never finds
   * out by itself that what lies between has dropped it.
   */
  async #watch(client: pg.Client): Promise<void> {
    try {
      while (this.#client === client && !this.#isClosed) {
        // oxlint-disable-next-line no-await-in-loop -- one sign of life after the other
        await delay(PING_MILLIS, null, { signal: this.#closing.signal, ref: false });
        // oxlint-disable-next-line no-await-in-loop -- as above
        await client.query('SELECT 1');
      }
    } catch (error) {
      if (this.#client !== client || this.#isClosed) return;
      void this.#reconnect(toError(error));
      await hangUp(client);
    }
  }

  async #send(): Promise<void> {
    await delay(GATHER_MILLIS);
    const signals = [...this.#outgoing.values()];
    this.#outgoing = new Map();
    this.#isSending = false;
    for (let start = 0; start < signals.length; start += MAX_SIGNALS) {
      const part = signals.slice(start, start + MAX_SIGNALS).map(({ topic, key }) => [topic, key]);
      try {
        // oxlint-disable-next-line no-await-in-loop -- one connection, one statement at a time
        await this.#client?.query('SELECT pg_notify($1, $2)', [
          CHANNEL,
          JSON.stringify({ from: this.#self, signals: part }),
        ]);
      } catch (error) {
        // The relay service of the other processes finds the rows within a second.
        this.#log.warn({ err: error }, 'Other servers could not be told of a change.');
      }
    }
  }

  #receive(received: Message | null): void {
    if (received === null || received.from === this.#self) return;
    this.#local.wake(received.signals.map(([topic, key]) => ({ topic, key })));
  }

  async #reconnect(cause: Error): Promise<void> {
    this.#client = null;
    let failure = cause;
    while (!this.#isClosed) {
      this.#log.warn(`The connection for notifications was lost: ${failure.message}`);
      // oxlint-disable-next-line no-await-in-loop -- a try follows the one that failed
      await delay(RECONNECT_MILLIS);
      if (this.#isClosed) return;
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await this.connect();
        return;
      } catch (error) {
        failure = toError(error);
      }
    }
  }
}

/** The bus of several processes on one PostgreSQL: signals go out by NOTIFY, gathered for 20 ms. */
export const createPostgresqlBus = async (url: string, log: Log): Promise<Bus> => {
  const bus = new PostgresqlBus(url, log);
  await bus.connect();
  return bus;
};
