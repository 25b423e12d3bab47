import { expect, type Locator, type Page } from '@playwright/test';

/** What a person does in JupyterLab to publish. */
export class Lab {
  constructor(private readonly page: Page) {}

  /** Waits for the file browser; Lab may have to be started first. */
  async ready(): Promise<void> {
    await expect(this.page.locator('.jp-FileBrowser')).toBeVisible({ timeout: 120_000 });
    await expect(this.page.locator('#jupyterlab-splash')).toHaveCount(0, { timeout: 120_000 });
  }

  async openFolder(name: string): Promise<void> {
    await this.page.locator('.jp-FileBrowser .jp-BreadCrumbs-home').click();
    await this.file(name).dblclick();
    await expect(this.page.locator('.jp-FileBrowser .jp-BreadCrumbs')).toContainText(name);
  }

  file(name: string): Locator {
    return this.page.locator('.jp-DirListing-item', { has: this.page.getByText(name, { exact: true }) });
  }

  /** Right-clicks a file and chooses to publish it. */
  async publish(name: string): Promise<PublishDialog> {
    await this.file(name).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: 'Publish as Dashboard…' }).click();
    return new PublishDialog(this.page);
  }

  /** Adds lines at the end of a file in Lab's editor, and saves it. */
  async append(name: string, text: string): Promise<void> {
    await this.file(name).dblclick();
    const editor = this.page.locator('.jp-FileEditor:visible .cm-content');
    await editor.click();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press('Control+s');
    await expect(this.page.locator('.lm-TabBar-tab.jp-mod-current.jp-mod-dirty')).toHaveCount(0);
  }

  /** The side panel with all dashboards. */
  async panel(): Promise<Locator> {
    const panel = this.page.getByRole('region', { name: 'Dashboards', exact: true });
    if (!(await panel.isVisible())) {
      await this.page.getByRole('tab', { name: 'Dashboards' }).click();
    }
    return panel;
  }

  /** Chooses something from the menu of a dashboard's card in the panel. */
  async choose(name: string, item: string): Promise<void> {
    const card = (await this.panel()).getByRole('listitem', { name });
    await card.getByRole('button', { name: 'More actions' }).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  /** Deletes a dashboard from the panel, and waits until the panel no longer shows it. */
  async deleteDashboard(name: string): Promise<void> {
    await this.choose(name, 'Delete…');
    await this.page.locator('.jp-Dialog').getByRole('button', { name: 'Delete' }).click();
    await expect((await this.panel()).getByRole('listitem', { name })).toHaveCount(0);
  }
}

/** The dialog from the form to the link and its versions. */
export class PublishDialog {
  readonly name: Locator;
  readonly framework: Locator;
  readonly link: Locator;
  private readonly body: Locator;

  constructor(page: Page) {
    this.body = page.locator('.jp-DashboardsPublish');
    this.name = this.body.locator('#dashboards-name');
    this.framework = this.body.locator('#dashboards-framework');
    this.link = this.body.locator('.jp-DashboardsLink-address');
  }

  async shareWith(users: string): Promise<void> {
    await this.body.getByLabel('People and groups').check();
    await this.body.locator('#dashboards-users').fill(users);
  }

  async submit(): Promise<void> {
    await this.body.getByRole('button', { name: 'Publish', exact: true }).click();
  }

  async update(): Promise<void> {
    await this.body.getByRole('button', { name: 'Update', exact: true }).click();
  }

  /** After a first version that came to nothing. */
  async publishAgain(): Promise<void> {
    await this.body.getByRole('button', { name: 'Publish again', exact: true }).click();
  }

  async rollBack(version: number): Promise<void> {
    await this.body.getByText('Versions', { exact: true }).click();
    await this.body.getByRole('button', { name: `Roll back to version ${version}` }).click();
  }

  async live(version: number): Promise<void> {
    await expect(this.body).toContainText(`Version ${version} is live.`, { timeout: 120_000 });
  }

  async close(): Promise<void> {
    await this.body.getByRole('button', { name: 'Close' }).click();
    await expect(this.body).toHaveCount(0);
  }

  locator(): Locator {
    return this.body;
  }
}
