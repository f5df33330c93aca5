const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** JSON text without what Python writes into it and nobody else reads: NaN and infinities become null. */
export const cleanJson = (text: string): string => {
  if (!text.includes('NaN') && !text.includes('Infinity')) return text;
  return text.replaceAll(TOKENS, (token) => (token.startsWith('"') ? token : 'null'));
};
