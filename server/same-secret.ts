import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Makes the comparison with a secret, which takes the same time whatever is given, also whatever its length. */
export const sameSecret = (secret: string): ((given: string) => boolean) => {
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
};
