import { expect, test, type Locator, type Page } from '@playwright/test';

import type { Dashboard, DashboardList } from '../../server/contract';
import type { Person } from './person';

/** The side panel with the dashboards. */
export class PanelPage {
  readonly root: Locator;

  constructor(private readonly page: Page) {
    this.root = page.getByRole('region', { name: 'Dashboards', exact: true });
  }

  async open(): Promise<void> {
    if (!(await this.root.isVisible())) {
      await this.page.getByRole('tab', { name: 'Dashboards', exact: true }).click();
    }
    await expect(this.root).toBeVisible();
  }

  /** Resolves when JupyterLab, a while after a change, has saved that a reload is to show the side panel `id`. */
  async saved(id: string): Promise<void> {
    await this.page.waitForResponse(response => {
      const request = response.request();
      const isLayout = request.method() === 'PUT' && request.url().includes('/api/workspaces/');
      return isLayout && request.postData()?.includes(`"current":"${id}"`) === true;
    });
  }

  /** Runs a command by its label in the palette. */
  async command(label: string): Promise<void> {
    await this.page.keyboard.press('Control+Shift+C');
    const palette = this.page.locator('.lm-CommandPalette:visible');
    await palette.locator('input').fill(label);
    await palette.getByText(label, { exact: true }).click();
  }

  /** Changes Lab's theme, and waits until its colours are there. */
  async theme(name: string): Promise<void> {
    await this.command(`Use Theme: ${name}`);
    await expect(this.page.locator('body')).toHaveAttribute('data-jp-theme-name', name);
    await expect(this.page.locator('#jupyterlab-splash')).toHaveCount(0);
  }

  /** A picture for the eyes of whoever looks at the test's results. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: test.info().outputPath(`${name}.png`), animations: 'disabled' });
  }

  card(name: string): Locator {
    return this.root.getByRole('listitem', { name, exact: true });
  }

  /** What the service says of a dashboard. */
  async dashboard(person: Person, name: string): Promise<Dashboard> {
    const { reply } = await person.call<DashboardList>('GET', 'api/v1/dashboards?filter=mine');
    const found = reply.dashboards.find(dashboard => dashboard.name === name);
    if (found === undefined) {
      throw new Error(`There is no dashboard ${name}`);
    }
    return found;
  }
}
