export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const stateColorModes = [
  'default',
  'red-green-safe',
  'blue-yellow-safe',
  'monochrome',
  'high-contrast',
] as const;
export type StateColorMode = (typeof stateColorModes)[number];

export const themeLabels: Readonly<Record<Theme, string>> = {
  system: 'System',
  light: 'Light',
  dark: 'Dark',
};

export const stateColorLabels: Readonly<Record<StateColorMode, string>> = {
  default: 'Default',
  'red-green-safe': 'Red-green safe',
  'blue-yellow-safe': 'Blue-yellow safe',
  monochrome: 'Monochrome',
  'high-contrast': 'High contrast',
};

// The same names are read by static/appearance.js before the first paint.
const themeKey = 'prefect-server.theme';
const stateColorsKey = 'prefect-server.state-colors';

const find = <Name extends string>(names: readonly Name[], text: string | null): Name | undefined =>
  names.find((name) => name === text);

const darkQuery = matchMedia('(prefers-color-scheme: dark)');

class Appearance {
  theme = $state<Theme>(find(themes, localStorage.getItem(themeKey)) ?? 'system');
  stateColors = $state<StateColorMode>(
    find(stateColorModes, localStorage.getItem(stateColorsKey)) ?? 'default',
  );
  #isSystemDark = $state(darkQuery.matches);

  constructor() {
    darkQuery.addEventListener('change', ({ matches }) => {
      this.#isSystemDark = matches;
      this.#apply();
    });
  }

  get isDark(): boolean {
    return this.theme === 'system' ? this.#isSystemDark : this.theme === 'dark';
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem(themeKey, theme);
    this.#apply();
  }

  setStateColors(mode: StateColorMode): void {
    this.stateColors = mode;
    localStorage.setItem(stateColorsKey, mode);
    this.#apply();
  }

  #apply(): void {
    const { dataset } = document.documentElement;
    dataset['theme'] = this.isDark ? 'dark' : 'light';
    dataset['stateColors'] = this.stateColors;
  }
}

/** Theme and state colours of this browser. */
export const appearance = new Appearance();
