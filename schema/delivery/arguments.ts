import { GraphQLError } from 'graphql';

/** Refuses arguments of a subscription that lie out of their bounds. Throws BAD_USER_INPUT. */
export const requireBetween = (
  given: Readonly<Record<string, readonly [value: number, atLeast: number, atMost: number]>>,
): void => {
  for (const [name, [value, atLeast, atMost]] of Object.entries(given)) {
    if (value >= atLeast && value <= atMost) continue;
    throw new GraphQLError(`\`${name}\` is between ${atLeast} and ${atMost}.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
};
