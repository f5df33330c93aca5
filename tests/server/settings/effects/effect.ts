import { describe, expect, test } from 'vitest';

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>;

/** What a setting does, told by what is seen with one value of it and with another. */
export interface Effect {
  /** The leading environment name of the setting. */
  readonly variable: string;
  /** What is looked at. */
  readonly shows: string;
  /** Looks at it with the setting in the environment. */
  readonly observe: (env: Variables) => unknown;
  /** What must be seen by the value of the variable, null where it is not set; at least two of them differ. */
  readonly cases: readonly (readonly [value: string | null, seen: unknown])[];
}

/** Looks at each setting with each of its values. */
export const testEffects = (effects: readonly Effect[]): void => {
  describe.each(effects)('$variable: $shows', ({ variable, observe, cases }) => {
    test.each(cases)('with %s: %j', async (value, seen) => {
      expect(await observe(value === null ? {} : { [variable]: value })).toEqual(seen);
    });
  });
};
