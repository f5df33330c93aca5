import { InvalidInput } from '../errors/classes.ts';

/** A number with what it may be at least, and at most. */
export interface Bounded {
  readonly value: number | null | undefined;
  readonly atLeast: number;
  readonly atMost?: number;
}

/** Refuses the fields whose numbers lie out of their bounds. Throws InvalidInput. */
export const requireWithin = (fields: Readonly<Record<string, Bounded>>): void => {
  const issues = Object.entries(fields).flatMap(([name, { value, atLeast, atMost = Infinity }]) => {
    if (value === null || value === undefined) return [];
    if (value >= atLeast && value <= atMost) return [];
    const bound = atMost === Infinity ? `at least ${atLeast}` : `between ${atLeast} and ${atMost}`;
    return [{ message: `\`${name}\` is ${bound}.`, path: [name] }];
  });
  const [first] = issues;
  if (first !== undefined) throw new InvalidInput(first.message, issues);
};

/** Refuses a list without anything in it. Throws InvalidInput. */
export const requireSome = (name: string, values: readonly unknown[]): void => {
  if (values.length > 0) return;
  const message = `\`${name}\` is not empty.`;
  throw new InvalidInput(message, [{ message, path: [name] }]);
};
