import { expect, test } from 'vitest';

import { rruleText } from '../../web/src/lib/deployments/rrule-text.ts';

test.for([
  ['FREQ=DAILY', 'Every day'],
  ['RRULE:FREQ=DAILY;BYHOUR=6;BYMINUTE=0', 'Every day at 06:00'],
  ['FREQ=DAILY;BYHOUR=6,18;BYMINUTE=30;BYSECOND=0', 'Every day at 06:30 and 18:30'],
  ['FREQ=DAILY;BYHOUR=6', 'Every day at hour 6'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR', 'Every 2 weeks on Monday, Wednesday and Friday'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'Every month on the last Friday'],
  ['FREQ=MONTHLY;BYDAY=2TU,-2SU', 'Every month on the 2nd Tuesday and the 2nd last Sunday'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,15,-1', 'Every month on the 1st, 15th and last day of the month'],
  [
    'FREQ=YEARLY;BYMONTH=2,12;BYMONTHDAY=13',
    'Every year in February and December on the 13th day of the month',
  ],
  ['FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1', 'Every month on Monday and Tuesday the 1st of them'],
  ['FREQ=HOURLY;COUNT=5', 'Every hour, 5 times'],
  ['FREQ=DAILY;UNTIL=20271231T180000Z', 'Every day, until 2027-12-31 18:00'],
  ['DTSTART:20260101T060000Z\nRRULE:FREQ=WEEKLY;COUNT=1', 'Every week, once'],
  [
    'DTSTART:20260101T060000Z\nRRULE:FREQ=DAILY\nEXDATE:20260102T060000Z',
    'Every day, but for some dates',
  ],
  ['RDATE:20260101T060000Z', 'On set dates'],
  ['no rule at all', 'no rule at all'],
  ['FREQ=SOMETIMES', 'FREQ=SOMETIMES'],
] as const)('the rule %s reads %s', ([rule, text]) => {
  expect(rruleText(rule)).toBe(text);
});
