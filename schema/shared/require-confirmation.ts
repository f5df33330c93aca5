import { InvalidInput } from '../errors/classes.ts';

/** Refuses what was not confirmed. */
export const requireConfirmation = (confirm: boolean): void => {
  if (confirm) return;
  const message = 'This is done only when it is confirmed.';
  throw new InvalidInput(message, [{ message, path: ['confirm'] }]);
};
