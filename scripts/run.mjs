import { enter } from './bootstrap/enter.mjs';
import { endWithShellOfNpm } from './bootstrap/parent.mjs';

void endWithShellOfNpm();

await enter(import.meta.url, async ([name, ...args]) => {
  const { commands } = await import('./commands.mjs');
  const command = commands[name];
  if (command !== undefined) return command(args);
  console.error(
    `There is no command ${name ?? ''}; there are ${Object.keys(commands).join(', ')}.`,
  );
  return 1;
});
