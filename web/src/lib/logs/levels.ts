export const logLevels = [
  { value: 0, label: 'All levels' },
  { value: 10, label: 'Debug and above' },
  { value: 20, label: 'Info and above' },
  { value: 30, label: 'Warning and above' },
  { value: 40, label: 'Error and above' },
  { value: 50, label: 'Critical only' },
] as const;

/** The short name of a Python log level; levels between two names count as the lower one. */
export const levelName = (level: number): string => {
  if (level >= 50) return 'CRIT';
  if (level >= 40) return 'ERROR';
  if (level >= 30) return 'WARN';
  if (level >= 20) return 'INFO';
  if (level >= 10) return 'DEBUG';
  return 'NOTSET';
};
