import type { Context } from '#server/context.ts';
import type { Settings } from '#server/settings.ts';

/** What a tick did, for the log and for tests: counts by name. */
export type ServiceReport = Readonly<Record<string, number>>;

/** Work that comes round again and again. When, where and how often is the loop's affair. */
export interface Service {
  readonly name: string;
  /** Whether one process of all does the tick (most services), or each for itself. */
  readonly scope: 'leader' | 'process';
  readonly everySeconds: (settings: Settings) => number;
  readonly isEnabled: (settings: Settings) => boolean;
  /** One tick. Doing it twice does no harm: a process that loses its lease may still be at it. */
  readonly runOnce: (ctx: Context) => Promise<ServiceReport>;
}
