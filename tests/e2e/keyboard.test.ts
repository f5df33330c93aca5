import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

const focusedName =
  "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim()";

test('a variable is made, changed and deleted by keys alone, and the focus comes back each time', async (context) => {
  const { open } = await openStage(context);
  const { page, problems } = await open();
  await page.goto('/variables');
  const { keyboard } = page;

  await page.getByRole('button', { name: 'New variable' }).focus();
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New variable' });
  await dialog.waitFor();
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate<string>(focusedName)).toBe('New variable');

  await keyboard.press('Enter');
  await dialog.getByLabel('Name').focus();
  await keyboard.type('by_keys');
  await keyboard.press('Tab');
  await keyboard.type('1');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await page.getByRole('cell', { name: 'by_keys', exact: true }).waitFor();

  await page.getByRole('button', { name: 'Actions for by_keys' }).focus();
  await keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
  await keyboard.press('End');
  await keyboard.press('Enter');
  const confirm = page.getByRole('dialog', { name: 'Delete by_keys?' });
  await confirm.getByRole('button', { name: 'Delete variable' }).focus();
  await keyboard.press('Enter');
  await page.getByText('No variables yet').waitFor();
  expect(problems).toEqual([]);
});
