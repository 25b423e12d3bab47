import { expect, test } from '../fixtures/lab';

test('JupyterLab without a hub explains what is missing when a file is to be published', async ({ page }) => {
  await page.goto();
  await page.getByRole('listitem', { name: /app\.py/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Publish as Dashboard…' }).click();
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toContainText('JupyterHub');
  await dialog.getByRole('button').last().click();
  await expect(dialog).toHaveCount(0);
});
