import type { Bus, Signal } from './bus.ts';

/** The bus of a single process: listeners are called in the turn of the event loop in which the commit ended. */
export const createInProcessBus = (): Bus => {
  const listeners = new Map<string, Set<(signal: Signal) => void>>();
  const wake = (signals: readonly Signal[]): void => {
    for (const signal of signals) {
      for (const listener of listeners.get(signal.topic) ?? []) listener(signal);
    }
  };
  return {
    wake,
    publish: wake,
    subscribe: (topic, listener) => {
      const known = listeners.get(topic) ?? new Set();
      known.add(listener);
      listeners.set(topic, known);
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(topic);
      };
    },
    close: async () => listeners.clear(),
  };
};
