import { adjectives, animals, uniqueNamesGenerator } from 'unique-names-generator';

const isFit = (word: string): boolean =>
  /^[a-z]+$/.test(word) && word !== 'sexual' && word !== 'gay';

const options = {
  dictionaries: [adjectives.filter(isFit), animals.filter(isFit)],
  separator: '-',
};

/** A name for a run that was given none, as `fancy-toad`. */
export const generateRunName = (): string => uniqueNamesGenerator(options);
