import { plainNumber } from '#server/lossless-json.ts';

import { type Description, Refusal, type Schema, refuse, schemaOf } from './refusal.ts';

export interface Bounds {
  readonly atLeast?: number;
  readonly above?: number;
  readonly atMost?: number;
}

const INTEGER_TEXT = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/;
const FLOAT_TEXT = /^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const UNBOUNDED: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  infinity: Infinity,
};
/** Beyond it pydantic gives up on a float that should be an integer. */
const MAX_INTEGER = 1e19;

const integerFromText = (text: string): number | Refusal => {
  const trimmed = text.trim();
  if (!INTEGER_TEXT.test(trimmed)) {
    return refuse(
      'int_parsing',
      'Input should be a valid integer, unable to parse string as an integer',
    );
  }
  return Number(trimmed.replaceAll('_', ''));
};

/** Reads an integer as pydantic does when it is not strict: also from text, a boolean and a float without fraction. */
export const readInteger = (given: unknown): number | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return integerFromText(value);
  if (typeof value !== 'number') return refuse('int_type', 'Input should be a valid integer');
  if (Math.abs(value) > MAX_INTEGER) {
    return refuse(
      'int_parsing_size',
      'Unable to parse input string as an integer, exceeded maximum size',
    );
  }
  if (!Number.isInteger(value)) {
    return refuse(
      'int_from_float',
      'Input should be a valid integer, got a number with a fractional part',
    );
  }
  return value;
};

/** Reads a number, also from text and a boolean. */
export const readNumber = (given: unknown): number | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return refuse('float_type', 'Input should be a valid number');
  const trimmed = value.trim();
  const special = UNBOUNDED[trimmed.replace(/^[+-]/, '').toLowerCase()];
  if (special !== undefined) return trimmed.startsWith('-') ? -special : special;
  if (!FLOAT_TEXT.test(trimmed)) {
    return refuse(
      'float_parsing',
      'Input should be a valid number, unable to parse string as a number',
    );
  }
  return Number(trimmed.replaceAll('_', ''));
};

/** Holds a number against its bounds. */
export const checkBounds = (value: number, bounds: Bounds): number | Refusal => {
  const { atLeast, above, atMost } = bounds;
  if (atLeast !== undefined && !(value >= atLeast)) {
    return refuse('greater_than_equal', `Input should be greater than or equal to ${atLeast}`, {
      ge: atLeast,
    });
  }
  if (above !== undefined && !(value > above)) {
    return refuse('greater_than', `Input should be greater than ${above}`, { gt: above });
  }
  if (atMost !== undefined && !(value <= atMost)) {
    return refuse('less_than_equal', `Input should be less than or equal to ${atMost}`, {
      le: atMost,
    });
  }
  return value;
};

const bounded =
  (read: (value: unknown) => number | Refusal, bounds: Bounds) =>
  (value: unknown): number | Refusal => {
    const number = read(value);
    return number instanceof Refusal ? number : checkBounds(number, bounds);
  };

const describeBounds = ({ atLeast, above, atMost }: Bounds): Description => ({
  ...(atLeast === undefined ? {} : { minimum: atLeast }),
  ...(above === undefined ? {} : { exclusiveMinimum: above }),
  ...(atMost === undefined ? {} : { maximum: atMost }),
});

export const integer = (bounds: Bounds = {}): Schema<number> =>
  schemaOf(bounded(readInteger, bounds), { type: 'integer', ...describeBounds(bounds) });

/** A length of time in seconds, as a plain number. */
export const secondsNumber: Schema<number> = schemaOf(readNumber, {
  type: 'number',
  format: 'time-delta',
});

export const number = (bounds: Bounds = {}): Schema<number> =>
  schemaOf(bounded(readNumber, bounds), { type: 'number', ...describeBounds(bounds) });
