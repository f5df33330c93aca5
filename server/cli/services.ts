import type { Settings } from '../settings.ts';
import { isSetting } from '../settings/setting.ts';
import { settingsTable } from '../settings/table.ts';

interface ServiceRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly environment_variable: string;
  readonly description: string;
}

const isOn = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value === true;

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const listServices = ({ services }: Settings): readonly ServiceRow[] => {
  const values = new Map<string, unknown>(Object.entries(services));
  return Object.entries(settingsTable.services).flatMap(([name, group]) => {
    if (isSetting(group)) return [];
    const [switchName, switchSetting] =
      'parts' in group ? (['parts', group.parts] as const) : (['enabled', group.enabled] as const);
    // What nothing turns on or off is no service of this server.
    if (switchSetting.ignored !== undefined) return [];
    const own = new Map<string, unknown>(Object.entries(values.get(name) ?? {}));
    return [
      {
        name: capitalized(name),
        enabled: services.enabled && isOn(own.get(switchName)),
        environment_variable: switchSetting.env[0] ?? '',
        description: switchSetting.about
          .replace(/^Whether the service runs that /, '')
          .replace(/^What the vacuum removes: /, 'removes '),
      },
    ];
  });
};

/** Lists the background services and what turns each on. */
export const showServices = (
  settings: Settings,
  { isJson }: { readonly isJson: boolean },
): void => {
  const rows = listServices(settings);
  if (isJson) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const variableWidth = Math.max(...rows.map((row) => row.environment_variable.length));
  for (const { name, enabled, environment_variable: variable, description } of rows) {
    console.log(
      `${enabled ? '✓' : '✗'} ${name.padEnd(nameWidth)}  ${variable.padEnd(variableWidth)}  ${description}`,
    );
  }
};
