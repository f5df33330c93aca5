import { isServerError } from '#server/errors.ts';

/**
 * Makes what somebody else may be making at this moment, under a key that only one can have. Who lost tries again, and
 * meets what the other made.
 */
export const againWhenTaken = async <T>(make: () => Promise<T>): Promise<T> => {
  try {
    return await make();
  } catch (error) {
    if (!isServerError(error, 'CONFLICT') || error.details['constraint'] !== 'unique') throw error;
    return make();
  }
};
