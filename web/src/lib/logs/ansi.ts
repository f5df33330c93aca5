/** A stretch of text with one look. */
export type AnsiSpan = {
  readonly text: string;
  /** 0-15, as terminals number their colours; null is the default colour. */
  readonly color: number | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isUnderlined: boolean;
};

type Look = Omit<AnsiSpan, 'text'>;

const plain: Look = { color: null, isBold: false, isDim: false, isUnderlined: false };
const escape = '\u001B';
const controlSequence = new RegExp(`${escape}\\[([0-9;]*)([A-Za-z])`, 'g');

const applyCode = (look: Look, code: number): Look => {
  if (code === 0) return plain;
  if (code === 1) return { ...look, isBold: true };
  if (code === 2) return { ...look, isDim: true };
  if (code === 4) return { ...look, isUnderlined: true };
  if (code === 22) return { ...look, isBold: false, isDim: false };
  if (code === 24) return { ...look, isUnderlined: false };
  if (code === 39) return { ...look, color: null };
  if (code >= 30 && code <= 37) return { ...look, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...look, color: code - 82 };
  return look;
};

const applySequence = (look: Look, parameters: string): Look => {
  const codes = parameters.split(';').map(Number);
  // 38 and 48 are followed by an extended colour, which falls back to the default colour.
  const extended = codes.findIndex((code) => code === 38 || code === 48);
  return (extended === -1 ? codes : codes.slice(0, extended)).reduce(applyCode, look);
};

/** Splits a log message at its ANSI colour codes; other control sequences are left out. */
export const parseAnsi = (text: string): readonly AnsiSpan[] => {
  if (!text.includes(escape)) return [{ text, ...plain }];
  const spans: AnsiSpan[] = [];
  let look = plain;
  let position = 0;
  for (const match of text.matchAll(controlSequence)) {
    if (match.index > position) spans.push({ text: text.slice(position, match.index), ...look });
    if (match[2] === 'm') look = applySequence(look, match[1] ?? '');
    position = match.index + match[0].length;
  }
  if (position < text.length) spans.push({ text: text.slice(position), ...look });
  return spans;
};
