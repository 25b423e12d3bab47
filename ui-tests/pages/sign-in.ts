import type { Page } from '@playwright/test';

/** Fills the Hub's sign-in form, which has to be on the page or about to come. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.locator('#username_input').fill(name);
  await page.locator('#password_input').fill(password);
  await page.locator('#login_submit').click();
}
