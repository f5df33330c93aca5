const ISO =
  /^([+-])?P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const CLOCK =
  /^([+-])?(?:(\d+)\s*d(?:ays?)?(?:,?\s+|$))?(?:(\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?)?$/i;
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const sum = (
  sign: string | undefined,
  parts: readonly (readonly [string | undefined, number])[],
): number => {
  const total = parts.reduce(
    (seconds, [count, unitSeconds]) => seconds + Number(count ?? 0) * unitSeconds,
    0,
  );
  return sign === '-' ? -total : total;
};

/** Seconds of a plain number, an ISO 8601 duration (`PT1H`) or a clock (`2 days, 01:30:00`); null when the text is none. */
export const parseDurationSeconds = (text: string): number | null => {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (PLAIN.test(trimmed)) return Number(trimmed);
  const iso = ISO.exec(trimmed);
  if (iso !== null && /\d/.test(trimmed)) {
    const [, sign, weeks, days, hours, minutes, seconds] = iso;
    return sum(sign, [
      [weeks, 604_800],
      [days, 86_400],
      [hours, 3600],
      [minutes, 60],
      [seconds, 1],
    ]);
  }
  const clock = CLOCK.exec(trimmed);
  if (clock === null) return null;
  const [, sign, days, hours, minutes, seconds] = clock;
  return sum(sign, [
    [days, 86_400],
    [hours, 3600],
    [minutes, 60],
    [seconds, 1],
  ]);
};

/** A number of seconds as the ISO 8601 duration that Prefect prints, such as `P1DT2H` or `PT0S`. */
export const formatDuration = (totalSeconds: number): string => {
  const total = Math.abs(totalSeconds);
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = Number((total % 60).toFixed(6));
  const clock = [
    [hours, 'H'],
    [minutes, 'M'],
    [seconds, 'S'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
  const text = `${days === 0 ? '' : `${days}D`}${clock === '' ? '' : `T${clock}`}`;
  return `${totalSeconds < 0 ? '-' : ''}P${text === '' ? 'T0S' : text}`;
};
