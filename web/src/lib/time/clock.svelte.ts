import { createSubscriber } from 'svelte/reactivity';

const watch = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** The present in epoch milliseconds; whoever reads it in a template is redrawn each second. */
export const nowMillis = (): number => {
  watch();
  return Date.now();
};
