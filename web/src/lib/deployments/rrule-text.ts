const units: Readonly<Record<string, string>> = {
  YEARLY: 'year',
  MONTHLY: 'month',
  WEEKLY: 'week',
  DAILY: 'day',
  HOURLY: 'hour',
  MINUTELY: 'minute',
  SECONDLY: 'second',
};

const days: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Parts that only set the frame of the others, or are told elsewhere. */
const silent = new Set(['FREQ', 'INTERVAL', 'WKST', 'DTSTART']);

const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const ordinal = (number: number): string => {
  if (number < 0) return number === -1 ? 'last' : `${ordinal(-number)} last`;
  const isTeen = number % 100 > 10 && number % 100 < 14;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
};

const dayText = (day: string): string => {
  const [, place = '', code = ''] = /^([+-]?\d*)(\w\w)$/u.exec(day) ?? [];
  const name = days[code] ?? day;
  return place === '' ? name : `the ${ordinal(Number(place))} ${name}`;
};

const until = (value: string): string =>
  value.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\dZ?)?$/u, (_all, ...found: string[]) => {
    const [year, month, day, hour, minute] = found;
    return `${year}-${month}-${day}${hour === undefined ? '' : ` ${hour}:${minute}`}`;
  });

const partText = (name: string, value: string): string => {
  const values = value.split(',');
  switch (name) {
    case 'BYDAY':
      return `on ${inWords(values.map(dayText))}`;
    case 'BYMONTHDAY':
      return `on the ${inWords(values.map((day) => ordinal(Number(day))))} day of the month`;
    case 'BYYEARDAY':
      return `on the ${inWords(values.map((day) => ordinal(Number(day))))} day of the year`;
    case 'BYMONTH':
      return `in ${inWords(values.map((month) => months[Number(month) - 1] ?? month))}`;
    case 'BYWEEKNO':
      return `in week ${inWords(values)}`;
    case 'BYSETPOS':
      return `the ${inWords(values.map((place) => ordinal(Number(place))))} of them`;
    case 'BYHOUR':
      return `at hour ${inWords(values)}`;
    case 'BYMINUTE':
      return `at minute ${inWords(values)}`;
    case 'BYSECOND':
      return `at second ${inWords(values)}`;
    case 'COUNT':
      return value === '1' ? 'once' : `${value} times`;
    case 'UNTIL':
      return `until ${until(value)}`;
    default:
      return `${name}=${value}`;
  }
};

const timesOf = (parts: ReadonlyMap<string, string>): string | null => {
  const [hours, minute = '0', second] = ['BYHOUR', 'BYMINUTE', 'BYSECOND'].map((name) =>
    parts.get(name),
  );
  const isClock = hours !== undefined && !minute.includes(',') && (second ?? '0') === '0';
  // Without a minute it is that of the start, which the rule alone does not tell.
  if (!isClock || !parts.has('BYMINUTE')) return null;
  const clock = (hour: string): string => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return `at ${inWords(hours.split(',').map(clock))}`;
};

const ruleText = (rule: string): string => {
  const parts = new Map(
    rule.split(';').map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=');
      return [name.toUpperCase(), value.toUpperCase()];
    }),
  );
  const unit = units[parts.get('FREQ') ?? ''];
  if (unit === undefined) return rule;
  const interval = parts.get('INTERVAL') ?? '1';
  const every = interval === '1' ? `Every ${unit}` : `Every ${interval} ${unit}s`;
  const times = timesOf(parts);
  const told = [...parts].filter(
    ([name]) =>
      !silent.has(name) && !(times !== null && ['BYHOUR', 'BYMINUTE', 'BYSECOND'].includes(name)),
  );
  const texts = told.map(([name, value]) => partText(name, value));
  const frame = texts.filter((text) => !/^(?:until|once|\d+ times)/u.test(text));
  const end = texts.filter((text) => !frame.includes(text));
  return [[every, ...frame, ...(times === null ? [] : [times])].join(' '), ...end].join(', ');
};

/** A recurrence rule in words: "Every 2 weeks on Monday and Friday at 06:30, until 2027-01-01". */
export const rruleText = (source: string): string => {
  const lines = source.split(/\s+/u).filter((line) => line !== '');
  const rules = lines.filter((line) => /^(?:RRULE:|FREQ=)/iu.test(line));
  const added = lines.filter((line) => /^RDATE/iu.test(line)).length;
  const dropped = lines.some((line) => /^(?:EXDATE|EXRULE)/iu.test(line));
  const texts = rules.map((rule) => ruleText(rule.replace(/^RRULE:/iu, '')));
  if (texts.length === 0 && added === 0) return source;
  return [
    inWords([
      ...texts,
      ...(added > 0 ? [texts.length === 0 ? 'On set dates' : 'on set dates'] : []),
    ]),
    ...(dropped ? ['but for some dates'] : []),
  ].join(', ');
};
