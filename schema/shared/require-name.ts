import { InvalidInput } from '../errors/classes.ts';

const BANNED = /[/%&<>]/;

/** Refuses a name that clients could not put into an address. */
export const requireName = (name: string): void => {
  if (name.trim() !== '' && !BANNED.test(name)) return;
  const message = 'A name is not empty and has none of / % & < > in it.';
  throw new InvalidInput(message, [{ message, path: ['name'] }]);
};
