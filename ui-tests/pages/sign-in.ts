import type { Browser, Page } from '@playwright/test';

import type { Hub } from '../fixtures/hub';

/** Fills the Hub's sign-in form, which has to be on the page or about to come. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.locator('#username_input').fill(name);
  await page.locator('#password_input').fill(password);
  await page.locator('#login_submit').click();
}

/** What a browser keeps of somebody who has signed in: for any number of them that are that person's. */
export async function signedIn(browser: Browser, hub: Hub, name: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${hub.url}hub/home`);
  await signIn(page, name, hub.password);
  await page.waitForURL(`${hub.url}hub/home`);
  const state = await context.storageState();
  await context.close();
  return state;
}
