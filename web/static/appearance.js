// Runs before the first paint, so that the page never flashes in the wrong theme.
// It is a file of its own because the content security policy allows no inline script of ours.
const readPreference = (/** @type {string} */ key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

{
  const root = document.documentElement;
  const theme = readPreference('prefect-server.theme') ?? 'system';
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = theme === 'system' ? (prefersDark ? 'dark' : 'light') : theme;
  root.dataset.stateColors = readPreference('prefect-server.state-colors') ?? 'default';
}
