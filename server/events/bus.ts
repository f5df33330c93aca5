/** Something was committed that listeners of the topic may want to read; `key` narrows it, mostly to one run. */
export interface Signal {
  readonly topic: string;
  readonly key: string;
}

/** Announced when all data was removed: whoever keeps something of the database in memory forgets it. */
export const RESET_TOPIC = 'reset';

type Unsubscribe = () => void;

/**
 * Carries signals from commits to those who wait: only that something changed, never what. A listener reads the
 * database by its own cursor, so a signal may come twice, late or merged with others without harm.
 */
export interface Bus {
  /** Tells the listeners of every process. */
  publish(signals: readonly Signal[]): void;
  /** Tells the listeners of this process alone. */
  wake(signals: readonly Signal[]): void;
  /** Calls the listener for signals of the topic until unsubscribed. A listener must not throw. */
  subscribe(topic: string, listener: (signal: Signal) => void): Unsubscribe;
  close(): Promise<void>;
}
