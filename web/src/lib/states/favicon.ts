import type { StateType } from '@prefect-server/client-gen/web';

/** Shows a state in the browser tab for as long as the returned function is not called. */
export const showStateFavicon = (type: StateType): (() => void) => {
  const link = document.querySelector<HTMLLinkElement>('#favicon');
  const original = link?.getAttribute('href');
  if (!link || !original) return () => {};
  const color = getComputedStyle(document.documentElement)
    .getPropertyValue(`--state-${type.toLowerCase()}`)
    .trim();
  const circle = `<circle cx="13" cy="13" r="11" fill="${color}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26">${circle}</svg>`;
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return () => link.setAttribute('href', original);
};
