import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readDatetime } from '#server/api/wire/pydantic/datetime.ts';
import { toErrorItems } from '#server/api/wire/pydantic/error-items.ts';
import { readInteger, readNumber } from '#server/api/wire/pydantic/number.ts';
import { Refusal, schemaOf } from '#server/api/wire/pydantic/refusal.ts';
import { readBoolean, readUuid, text } from '#server/api/wire/pydantic/scalar.ts';
import { readTimedelta } from '#server/api/wire/pydantic/timedelta.ts';
import { type Micros, formatInstant, parseInstant } from '#server/time.ts';

interface Vector {
  readonly type: string;
  readonly input: unknown;
  readonly output?: unknown;
  readonly errors?: readonly { readonly type: string; readonly msg: string }[];
}

const vectors: readonly Vector[] = readFileSync(
  new URL('../../../reference/vectors/coercions.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line): Vector => JSON.parse(line));

const schemas = {
  datetime: schemaOf(readDatetime),
  timedelta: schemaOf(readTimedelta),
  int: schemaOf(readInteger),
  float: schemaOf(readNumber),
  bool: schemaOf(readBoolean),
  str: text(),
  uuid: schemaOf(readUuid),
};

/** Beyond it a JavaScript number is no longer exact, so the vector says nothing about us. */
const isExact = ({ input }: Vector): boolean =>
  typeof input !== 'number' || Math.abs(input) <= Number.MAX_SAFE_INTEGER;

const expectedOf = ({ type, output }: Vector): unknown => {
  if (type === 'float') return Number(String(output).replace('inf', 'Infinity'));
  if (type !== 'datetime') return output;
  return formatInstant(parseInstant(String(output)) ?? (0 as Micros));
};

describe('values in bodies', () => {
  for (const vector of vectors.filter(isExact)) {
    const name = `${vector.type} from ${JSON.stringify(vector.input)}`;
    const schema = schemas[vector.type as keyof typeof schemas];
    test(vector.errors === undefined ? `reads ${name}` : `refuses ${name}`, () => {
      const result = schema.safeParse(vector.input);
      if (vector.errors !== undefined) {
        const items = result.success
          ? []
          : toErrorItems(result.error, { root: vector.input, loc: [] });
        expect(items.map(({ type, msg }) => ({ type, msg }))).toEqual(
          vector.errors.map(({ type, msg }) => ({ type, msg })),
        );
        return;
      }
      const value = result.data;
      expect(value).not.toBeInstanceOf(Refusal);
      if (vector.output === '<now>') return;
      const shown = vector.type === 'datetime' ? formatInstant(value as Micros) : value;
      expect(shown).toEqual(expectedOf(vector));
    });
  }
});

describe('ids in other spellings', () => {
  const ID = '12345678-1234-1234-1234-1234567890ab';
  const read = (given: string): unknown => {
    const result = readUuid(given);
    return result instanceof Refusal ? result.reasons[0]?.msg : result;
  };

  test.each([
    ['{}', 'invalid group count: expected 5, found 1'],
    ['{zbc}', 'invalid character: found `z` at 1'],
    ['urn:uuid:zz', 'invalid character: found `z` at 9'],
    ['URN:UUID:abc', 'invalid character: found `U` at 0'],
    [`{${ID.replaceAll('-', '')}}`, 'invalid group count: expected 5, found 1'],
    [`{${ID.slice(0, -1)}}`, 'invalid group length in group 4: expected 12, found 13'],
    ['123456781234-1234-1234-1234567890ab', 'invalid group count: expected 5, found 4'],
  ])('refuses %s as pydantic does', (given, reason) => {
    expect(read(given)).toBe(`Input should be a valid UUID, ${reason}`);
  });

  test.each([ID, ID.toUpperCase(), ID.replaceAll('-', ''), `{${ID}}`, `urn:uuid:${ID}`])(
    'reads %s',
    (given) => {
      expect(read(given)).toBe(ID);
    },
  );
});
