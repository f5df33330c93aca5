import { InvalidInput } from '../errors/classes.ts';

/** Refuses a name for programs that has anything but lower case letters, digits and dashes in it. */
export const requireSlug = (field: string, text: string): void => {
  if (/^[a-z0-9-]+$/.test(text)) return;
  const message = 'It has only lower case letters, digits and dashes.';
  throw new InvalidInput(`${field}: ${message}`, [{ message, path: [field] }]);
};
