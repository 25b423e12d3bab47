import type { Browser, Page } from '@playwright/test';

import { expect, test } from '../fixtures/hub';
import type { Hub } from '../fixtures/hub';
import { Lab } from '../pages/lab';
import { Person } from '../pages/person';
import { Sample } from '../pages/sample';
import { signIn } from '../pages/sign-in';

const EDITION = 'sample edition';
const CORRECTED = 'corrected edition';

interface Kind {
  title: string;
  folder: string;
  framework: string;
  /** What the folder is started with. */
  entry: string;
  /** Where the edition stands. */
  text: string;
  prepare?: (sample: Sample) => void;
  /** From the link to the page with the result. */
  open?: (page: Page) => Promise<void>;
  /** Moves the slider from 5 to 6. Left out: the first one on the page, by the keyboard. */
  use?: (page: Page) => Promise<void>;
  /** What the page computes before and after. */
  results?: [RegExp, RegExp];
}

const KINDS: Kind[] = [
  { title: 'Dash app', folder: 'dash-sales', framework: 'dash', entry: 'app.py', text: 'app.py' },
  { title: 'Panel app', folder: 'panel-sales', framework: 'panel', entry: 'sales.py', text: 'sales.py' },
  { title: 'Bokeh application', folder: 'bokeh-sales', framework: 'bokeh', entry: 'main.py', text: 'main.py' },
  {
    title: 'web site',
    folder: 'static-sales',
    framework: 'static',
    entry: '.',
    text: 'index.html',
    open: async page => {
      await page.getByRole('link', { name: 'About these figures' }).click();
      await page.getByRole('link', { name: 'Back to the chart' }).click();
    }
  },
  {
    title: 'Streamlit app of several pages',
    folder: 'streamlit-pages',
    framework: 'streamlit',
    entry: 'Home.py',
    text: 'pages/1_By_quarter.py',
    prepare: sample =>
      sample.edit('pages/1_By_quarter.py', 'st.title("By quarter")', `st.title("${EDITION}: by quarter")`),
    open: page => page.getByRole('link', { name: 'By quarter' }).click(),
    use: async page => {
      await page.getByRole('combobox').click();
      await page.getByRole('option', { name: 'Q2' }).click();
    },
    results: [/210 k€/, /240 k€/]
  },
  {
    title: 'folder of Panel apps',
    folder: 'panel-sales',
    framework: 'panel',
    entry: '.',
    text: 'sales.py',
    prepare: sample => sample.copy('sales.py', 'sales by quarter.py'),
    open: page => page.locator('a[href$="/sales"]').first().click()
  },
  {
    title: 'folder of Bokeh applications',
    folder: 'bokeh-sales',
    framework: 'bokeh',
    entry: '.',
    text: 'sales.py',
    prepare: sample => {
      sample.copy('main.py', 'sales.py');
      sample.copy('main.py', 'by_quarter.py');
      sample.remove('main.py');
    },
    open: page => page.locator('a[href$="/sales"]').first().click()
  }
];

let alice: Person;

test.beforeAll(async ({ hub }) => {
  alice = await Person.signIn(hub, 'alice');
});

async function bobsPage(browser: Browser, hub: Hub): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${hub.url}hub/home`);
  await signIn(page, 'bob', hub.password);
  await page.waitForURL(`${hub.url}hub/home`);
  return page;
}

async function press(page: Page): Promise<void> {
  await page.getByRole('slider').first().press('ArrowRight');
}

const GROWTH: [RegExp, RegExp] = [/ 5 % growth makes 1,050 k€/, / 6 % growth makes 1,060 k€/];

for (const [number, kind] of KINDS.entries()) {
  test(`a ${kind.title} is published, used, updated and rolled back`, async ({ browser, hub }, testInfo) => {
    const sample = new Sample(hub, alice, kind.folder, `${kind.folder}-${number}`);
    kind.prepare?.(sample);
    const page = await bobsPage(browser, hub);
    const [before, after] = kind.results ?? GROWTH;
    const open = async (link: string) => {
      await page.goto(link);
      await kind.open?.(page);
    };

    const { dashboard, version } = await sample.publish();
    expect(version).toMatchObject({ n: 1, framework: kind.framework, source: { entry: kind.entry }, warnings: [] });

    await test.step('a colleague uses it on the origin of dashboards', async () => {
      await open(dashboard.link);
      await expect(page).toHaveURL(url => url.origin === hub.dashboards && url.pathname.includes('/v/1/'));
      await expect(page.getByText(EDITION).first()).toBeVisible();
      await expect(page.getByText(before)).toBeVisible();
      await (kind.use ?? press)(page);
      await expect(page.getByText(after)).toBeVisible();
      await page.screenshot({ path: testInfo.outputPath(`${kind.folder}-${number}.png`) });
    });

    await test.step('an update shows what was edited', async () => {
      sample.edit(kind.text, EDITION, CORRECTED);
      expect(await sample.update(dashboard)).toMatchObject({ n: 2, framework: kind.framework });
      await open(dashboard.link);
      await expect(page.getByText(CORRECTED).first()).toBeVisible();
      await expect(page).toHaveURL(/\/v\/2\//);
    });

    await test.step('a roll back shows the first version again', async () => {
      expect(await sample.rollBack(dashboard, 1)).toMatchObject({ n: 1 });
      await open(dashboard.link);
      await expect(page.getByText(EDITION).first()).toBeVisible();
      await (kind.use ?? press)(page);
      await expect(page.getByText(after)).toBeVisible();
    });

    await sample.delete(dashboard);
  });
}

test('a folder of notebooks is published from the context menu of JupyterLab', async ({ browser, hub }) => {
  const sample = new Sample(hub, alice, 'sales-notebooks');
  const page = await (await browser.newContext()).newPage();
  const lab = new Lab(page);
  await page.goto(`${hub.url}user/alice/lab`);
  await signIn(page, 'alice', hub.password);
  await lab.ready();

  const dialog = await lab.publish(sample.folder);
  await expect(dialog.name).toHaveValue('Sales notebooks');
  await expect(dialog.framework).toHaveValue('voila');
  await expect(dialog.locator()).toContainText('The whole folder');
  await expect(dialog.locator()).toContainText('the folder holds 2 notebooks (Growth.ipynb, Quarters.ipynb)');
  await dialog.submit();
  const link = (await dialog.link.getAttribute('href')) ?? '';
  await dialog.live(1);

  await page.goto(link);
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Growth.ipynb' }).click();
  const notebook = await opened;
  await expect(notebook.getByText(GROWTH[0])).toBeVisible({ timeout: 90_000 });
  await press(notebook);
  await expect(notebook.getByText(GROWTH[1])).toBeVisible();

  await test.step('an edited notebook is published by Update, and rolled back', async () => {
    sample.edit('Growth.ipynb', EDITION, CORRECTED);
    await page.goto(`${hub.url}user/alice/lab`);
    await lab.ready();
    const again = await lab.publish(sample.folder);
    await again.update();
    await again.live(2);
    await notebook.goto(notebook.url().replace('/v/1/', '/v/2/'));
    await expect(notebook.getByText(CORRECTED)).toBeVisible({ timeout: 90_000 });
    await again.rollBack(1);
    await again.live(1);
    await page.goto(link);
    await expect(page).toHaveURL(/\/v\/1\//);
  });
});

test('a folder that nothing can be started with says what was looked for', async ({ hub }) => {
  const sample = new Sample(hub, alice, 'dash-sales', 'data-only');
  sample.remove('app.py');
  const problem = await sample.refused();
  expect(problem).toMatchObject({
    code: 'entry_missing',
    message: 'The folder data-only holds no file that a dashboard can start with.',
    fix: expect.stringMatching(
      /^Looked for, directly in the folder: a notebook; a Python script that uses Streamlit, Dash/
    )
  });
});
