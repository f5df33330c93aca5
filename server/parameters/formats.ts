import { isIPv4, isIPv6 } from 'node:net';

import { parseId } from '#server/ids.ts';
import { parseInstant } from '#server/time.ts';

const ZONED = /(?:Z|z|[+-]\d{2}:\d{2})$/;

/** Whether the text is a regular expression. */
export const isRegExp = (text: string): boolean => {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
};

/** The formats that Python's validator checks without further packages; all others hold for any text. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => ZONED.test(text) && parseInstant(text) !== null,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseInstant(`${text}T00:00:00Z`) !== null,
  time: (text) => ZONED.test(text) && parseInstant(`2000-01-01T${text}`) !== null,
  email: (text) => text.includes('@'),
  'idn-email': (text) => text.includes('@'),
  ipv4: isIPv4,
  ipv6: isIPv6,
  regex: isRegExp,
  uuid: (text) => text.includes('-') && parseId(text) !== null,
  'json-pointer': (text) => text === '' || text.startsWith('/'),
};
