/** The middle value; the mean of the middle two for an even count; NaN for none. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which a part (0–1) of all values lie, interpolated; NaN for none. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
};

/** Three significant digits, with blanks between thousands. */
export const show = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const rounded = value === 0 ? 0 : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
};
