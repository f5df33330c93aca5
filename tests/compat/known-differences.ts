/**
 * Recorded lines that this server answers differently, as `file:seq` with the reason. A line that
 * no longer differs must be taken out of this list; one that is not in it must not differ.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {};
