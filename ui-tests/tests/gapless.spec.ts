import { readFile } from 'node:fs/promises';

import type { Browser, BrowserContext, Page } from '@playwright/test';

import { expect, test } from '../fixtures/hub';
import type { Hub } from '../fixtures/hub';
import { Person } from '../pages/person';
import { APPS, Sample } from '../pages/sample';
import { signIn } from '../pages/sign-in';

const SESSIONS = 5;
const NOTES = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.alloc(200_000, 'x') };

interface Kind {
  framework: string;
  /** Files in which the edition stands. */
  files: string[];
  /** Gives the page's upload a file. Left out: it has a field for one. */
  upload?: (page: Page) => Promise<void>;
  download?: (page: Page) => Promise<void>;
}

const KINDS: Kind[] = [
  { framework: 'streamlit', files: ['app.py'] },
  { framework: 'dash', files: ['app.py'] },
  { framework: 'panel', files: ['app.py'] },
  {
    framework: 'voila',
    files: ['app.ipynb', 'report.svg'],
    upload: async page => {
      const asked = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'Notes' }).click();
      await (await asked).setFiles(NOTES);
    },
    download: page => page.getByRole('link', { name: 'Download' }).click()
  }
];

interface Place {
  hub: Hub;
  link: string;
}

/** A person's page in a browser of its own, and what it did not get. */
class Session {
  readonly failed: string[] = [];
  #growth = 5;

  private constructor(
    readonly page: Page,
    private readonly kind: Kind,
    private readonly edition: number,
    dashboards: string
  ) {
    // Voila's page wants a font from elsewhere.
    const own = (url: string) => new URL(url).origin === dashboards;
    page.on('requestfailed', request => {
      // What becomes a download is no page.
      if (own(request.url()) && !request.isNavigationRequest()) {
        this.failed.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
      }
    });
    page.on('response', response => {
      if (own(response.url()) && response.status() >= 400) {
        this.failed.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
      }
    });
  }

  /** @param context of a browser that its person has signed in with */
  static async open(context: BrowserContext, { hub, link }: Place, kind: Kind, edition: number): Promise<Session> {
    const page = await context.newPage();
    const session = new Session(page, kind, edition, hub.dashboards);
    await page.goto(link);
    await expect(page.getByText(`edition ${edition}: growth 5`)).toBeVisible();
    return session;
  }

  /** Moves the slider. */
  async use(): Promise<void> {
    await this.page.getByRole('slider').first().press('ArrowRight');
    await expect(this.page.getByText(`edition ${this.edition}: growth ${++this.#growth}`)).toBeVisible();
  }

  async upload(): Promise<void> {
    const upload = this.kind.upload ?? (page => page.locator('input[type=file]').setInputFiles(NOTES));
    await upload(this.page);
    await expect(this.page.getByText(`edition ${this.edition}: received 200000 bytes`)).toBeVisible();
  }

  async download(): Promise<void> {
    const download = this.kind.download ?? (page => page.getByText('Download', { exact: true }).click());
    const begun = this.page.waitForEvent('download');
    await download(this.page);
    expect(await readFile(await (await begun).path(), 'utf8')).toContain(`edition ${this.edition}: report`);
  }

  /** Everything that is there to do, on the page as it was opened. */
  async work(): Promise<void> {
    await this.use();
    await this.upload();
    await this.download();
    expect(new URL(this.page.url()).pathname).toContain(`/v/${this.edition}/`);
    expect(this.failed).toEqual([]);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

type State = Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;

let alice: Person;
let bob: State;

test.beforeAll(async ({ browser, hub }) => {
  alice = await Person.signIn(hub, 'alice');
  bob = await signedIn(browser, hub);
});

async function signedIn(browser: Browser, hub: Hub): Promise<State> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${hub.url}hub/home`);
  await signIn(page, 'bob', hub.password);
  await page.waitForURL(`${hub.url}hub/home`);
  const state = await context.storageState();
  await context.close();
  return state;
}

for (const kind of KINDS) {
  test(`people go on working with a ${kind.framework} dashboard while it is updated and rolled back`, async ({
    browser,
    hub
  }) => {
    const sample = new Sample(hub, alice, `gapless/${kind.framework}`, `gapless-${kind.framework}`, APPS);
    const { dashboard, version } = await sample.publish();
    expect(version).toMatchObject({ n: 1, framework: kind.framework });
    const open = async (edition: number) => {
      const context = await browser.newContext({ storageState: bob });
      return Session.open(context, { hub, link: dashboard.link }, kind, edition);
    };
    const first: Session[] = [];
    for (let n = 0; n < SESSIONS; n++) {
      first.push(await open(1));
    }

    await test.step('an update: while it is made, and after it', async () => {
      kind.files.forEach(file => sample.edit(file, 'edition 1', 'edition 2'));
      await during(
        sample.update(dashboard),
        first.map(session => () => session.use())
      );
      await Promise.all(first.map(session => session.work()));
    });

    await test.step('a roll back: those with the new version, and those who have never left the old one', async () => {
      const second = await open(2);
      await during(sample.rollBack(dashboard, 1), [() => second.use(), ...first.map(session => () => session.use())]);
      await Promise.all([second, ...first].map(session => session.work()));
      await second.close();
      await (await open(1)).close();
    });

    await Promise.all(first.map(session => session.close()));
    await sample.delete(dashboard);
  });
}

/** Does each of `works` again and again until `change` is through, and at least once. */
async function during(change: Promise<unknown>, works: (() => Promise<void>)[]): Promise<void> {
  let over = false;
  const changed = change.finally(() => (over = true));
  await Promise.all([
    changed,
    ...works.map(async work => {
      do {
        await work();
      } while (!over);
    })
  ]);
}
