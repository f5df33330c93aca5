const findLocale = (): string => {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0] ?? 'en';
  } catch {
    return 'en';
  }
};

/** The browser's language, or English where the environment names one that Intl refuses, such as `en-US@posix`. */
export const locale = findLocale();

/** Makes the browser name a language that Intl takes: libraries pass `navigator.language` on without a look. */
export const mendBrowserLanguage = (): void => {
  if (navigator.language === locale) return;
  Object.defineProperty(navigator, 'language', { value: locale, configurable: true });
};
