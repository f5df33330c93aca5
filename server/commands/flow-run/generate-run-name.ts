import { adjectives, animals, uniqueNamesGenerator } from 'unique-names-generator';

const isFit = (word: string): boolean =>
  /^[a-z]+$/.test(word) && word !== 'sexual' && word !== 'gay';

const firstWords = adjectives.filter(isFit);
const secondWords = animals.filter(isFit);
const options = { dictionaries: [firstWords, secondWords], separator: '-' };

/** A name for a run that was given none, as `fancy-toad`. */
export const generateRunName = (): string => uniqueNamesGenerator(options);

/** Different first words of the names that are given together. */
const FIRST_WORDS_TOGETHER = 4;

/**
 * Names for runs that are written together. They share a few first words, so that they come to lie on a few pages of
 * the index of names instead of one page each.
 */
export const generateRunNames = (count: number): readonly string[] => {
  const some = Array.from({ length: FIRST_WORDS_TOGETHER }, () =>
    uniqueNamesGenerator({ dictionaries: [firstWords], length: 1 }),
  );
  const together = { ...options, dictionaries: [some, secondWords] };
  return Array.from({ length: count }, () => uniqueNamesGenerator(together));
};
