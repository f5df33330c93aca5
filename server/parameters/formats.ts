import { isIPv4, isIPv6 } from 'node:net';

import { parseId } from '#server/ids.ts';
import { parseInstant } from '#server/time.ts';

const ZONED = /(?:Z|z|[+-]\d{2}:\d{2})$/;

/** What Python's regular expressions can do, and those here cannot. */
const ONLY_PYTHONS = /\(\?[>#(]|[*+?}]\+/;

/** Whether the text is a regular expression of Python, as far as those here can tell. */
export const isRegExp = (text: string): boolean => {
  const spelled = text
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/^\(\?[aiLmsux]+\)/, '');
  try {
    return new RegExp(spelled).source !== '';
  } catch {
    return ONLY_PYTHONS.test(text);
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
