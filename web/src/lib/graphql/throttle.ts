/**
 * Calls at once, then at most once per `everyMillis`; the last call of a burst is never lost.
 * `cancel` forgets a call that still waits.
 */
export const throttle = (everyMillis: number, call: () => void) => {
  let lastMillis = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = (): void => {
    timer = undefined;
    lastMillis = Date.now();
    call();
  };

  return {
    request: (): void => {
      if (timer !== undefined) return;
      const waitMillis = Math.max(0, lastMillis + everyMillis - Date.now());
      timer = setTimeout(run, waitMillis);
    },
    cancel: (): void => clearTimeout(timer),
  };
};
