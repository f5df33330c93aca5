import {
  NewLogsDocument,
  OlderLogsDocument,
  type LogFilter,
  type LogLineFragment,
} from '@prefect-server/client-gen/web';

import { onReconnect } from '#lib/graphql/live-connection.svelte.ts';
import { read } from '#lib/graphql/read.ts';
import { subscribe } from '#lib/graphql/subscription.svelte.ts';

export type LogSearch = {
  readonly flowRunId: string;
  readonly taskRunId: string | null;
  readonly minimumLevel: number;
  readonly text: string;
};

type FirstPage = {
  readonly nodes: readonly LogLineFragment[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

const byTime = (left: LogLineFragment, right: LogLineFragment): number =>
  left.timestamp < right.timestamp ? -1 : left.timestamp > right.timestamp ? 1 : 0;

const toFilter = ({ flowRunId, taskRunId, minimumLevel, text }: LogSearch): LogFilter => ({
  flowRunId: { in: [flowRunId] },
  ...(taskRunId !== null && { taskRunId: { in: [taskRunId] } }),
  ...(minimumLevel > 0 && { level: { gte: minimumLevel } }),
  ...(text !== '' && { text: { query: text } }),
});

const mostMissedPages = 25;

/** Enough to read; older lines are asked for again when scrolled to. */
const keptLines = 20_000;

/** The log lines of a run, oldest first: read backwards from the end, and growing while it runs. */
export class LogStream {
  lines = $state.raw<readonly LogLineFragment[]>([]);
  hasOlder = $state(false);
  isLoading = $state(true);
  #known = new Set<string>();
  #endCursor: string | null = null;
  #generation = 0;
  readonly #search: () => LogSearch;

  constructor(search: () => LogSearch, firstPage: FirstPage | null) {
    this.#search = search;
    let isSeeded = firstPage !== null;
    if (firstPage !== null) this.#takePage(firstPage);
    const key = $derived(JSON.stringify(toFilter(search())));
    $effect(() => {
      // The text was made from a filter a moment ago.
      const filter = JSON.parse(key) as LogFilter;
      if (isSeeded) isSeeded = false;
      else void this.#restart(filter);
    });
    subscribe({
      operation: NewLogsDocument,
      variables: () => ({ filter: toFilter(search()) }),
      onMessage: ({ logs }) => this.#add(logs.logs),
    });
    onReconnect(() => void this.#catchUp(null, mostMissedPages));
  }

  /** Reads backwards from the end until it meets a line it knows: what a cut socket did not bring. */
  async #catchUp(after: string | null, pagesLeft: number): Promise<void> {
    const generation = this.#generation;
    const { data } = await read({
      operation: OlderLogsDocument,
      variables: { filter: toFilter(this.#search()), after },
      isFresh: true,
    });
    if (data === undefined || generation !== this.#generation) return;
    const { nodes, pageInfo } = data.logs;
    const isCaughtUp = nodes.some(({ id }) => this.#known.has(id));
    this.#add(nodes);
    if (isCaughtUp || !pageInfo.hasNextPage || pagesLeft === 1) return;
    await this.#catchUp(pageInfo.endCursor, pagesLeft - 1);
  }

  /** Reads the page before the oldest line; answers how many lines it added. */
  async readOlder(): Promise<number> {
    if (!this.hasOlder || this.isLoading) return 0;
    this.isLoading = true;
    const before = this.lines.length;
    await this.#readPage(toFilter(this.#search()));
    return this.lines.length - before;
  }

  async #restart(filter: LogFilter): Promise<void> {
    this.#generation += 1;
    this.#known = new Set();
    this.#endCursor = null;
    this.lines = [];
    this.isLoading = true;
    await this.#readPage(filter);
  }

  async #readPage(filter: LogFilter): Promise<void> {
    const generation = this.#generation;
    const { data } = await read({
      operation: OlderLogsDocument,
      variables: { filter, after: this.#endCursor },
      isFresh: true,
    });
    if (generation !== this.#generation) return;
    if (data === undefined) this.isLoading = false;
    else this.#takePage(data.logs);
  }

  #takePage({ nodes, pageInfo }: FirstPage): void {
    this.#endCursor = pageInfo.endCursor;
    this.hasOlder = pageInfo.hasNextPage && this.lines.length < keptLines;
    this.isLoading = false;
    this.#add(nodes);
  }

  #add(lines: readonly LogLineFragment[]): void {
    const added = lines.filter(({ id }) => !this.#known.has(id));
    if (added.length === 0) return;
    for (const { id } of added) this.#known.add(id);
    this.lines = [...this.lines, ...added].toSorted(byTime);
  }
}
