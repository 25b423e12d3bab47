import { readFile } from 'node:fs/promises';

import { expect, type BrowserContext, type Page } from '@playwright/test';

/** What the apps in `apps/gapless` have in common, each in the way of its framework. */
export interface Kind {
  framework: string;
  /** Files in which the edition stands. */
  files: string[];
  /** Gives the page's upload a file. Left out: it has a field for one. */
  upload?: (page: Page, file: { name: string; mimeType: string; buffer: Buffer }) => Promise<void>;
  download?: (page: Page) => Promise<void>;
  /** What a page shows once its version lets nobody in any more. Left out: nothing beside what it showed before. */
  ended?: (page: Page) => Promise<void>;
}

/** What requests of a page get whose version has ended, and what it says to those who read it. */
const ENDED = 'This version of the dashboard is not running any more. Reload the page.';

export const KINDS: Record<'streamlit' | 'dash' | 'panel' | 'voila', Kind> = {
  streamlit: { framework: 'streamlit', files: ['app.py'], ended: page => expect(page.getByText(ENDED)).toBeVisible() },
  dash: { framework: 'dash', files: ['app.py'] },
  panel: { framework: 'panel', files: ['app.py'] },
  voila: {
    framework: 'voila',
    files: ['app.ipynb', 'report.svg'],
    upload: async (page, file) => {
      const asked = page.waitForEvent('filechooser');
      asked.catch(() => undefined);
      await page.getByRole('button', { name: 'Notes' }).click();
      await (await asked).setFiles(file);
    },
    download: page => page.getByRole('link', { name: 'Download' }).click()
  }
};

/** Said to WebSockets whose version has ended, and to requests. */
const SERVICE_RESTART = 1012;
const GONE = 410;
const CLOSED = 'A WebSocket was closed with';
/** What a page closes itself. */
const OWN = [1000, 1001, 1005];

/** Where a dashboard is opened, and the origin of its pages. */
export interface Place {
  link: string;
  origin: string;
}

/** A person's page of a dashboard in a browser of its own, and what it did not get. */
export class AppSession {
  readonly failed: string[] = [];
  /** When it was told that its version has ended, in ms since 1970; null: it has not been. */
  drained: number | null = null;
  /** Whether what happens is of its own page, and no more of the one that was there before. */
  #begun = false;
  #tell!: () => void;
  readonly #told = new Promise<void>(resolve => (this.#tell = resolve));
  #growth = 5;
  #bytes = 200_000;
  /** Settles once the page has taken what it was last told to do. */
  #acting: Promise<void> = Promise.resolve();

  private constructor(
    readonly page: Page,
    private readonly kind: Kind,
    /** Of the page, which is also the number of its version. */
    readonly edition: number,
    private readonly origin: string
  ) {
    page.once('framenavigated', () => (this.#begun = true));
    // Voila's page wants a font from elsewhere.
    const own = (url: string) => new URL(url).origin === origin;
    page.on('requestfailed', request => {
      // What becomes a download is no page.
      if (own(request.url()) && !request.isNavigationRequest()) {
        this.#missed(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
      }
    });
    page.on('response', response => {
      if (own(response.url()) && response.status() === GONE) {
        this.#drain();
      } else if (own(response.url()) && response.status() >= 400) {
        this.#missed(`${response.request().method()} ${response.url()}: ${response.status()}`);
      }
    });
    page.on('pageerror', error => this.#missed(`${error.name}: ${error.message}`));
    page.on('console', message => {
      const code = Number(message.text().startsWith(CLOSED) ? message.text().slice(CLOSED.length) : OWN[0]);
      if (code === SERVICE_RESTART) {
        this.#drain();
      } else if (!OWN.includes(code)) {
        this.#missed(`a WebSocket was closed with ${code}`);
      }
    });
  }

  /** @param context of a browser that its person has signed in with */
  static async open(
    context: BrowserContext,
    { link, origin }: Place,
    kind: Kind,
    edition: number
  ): Promise<AppSession> {
    const page = await context.newPage();
    // Playwright does not tell how a WebSocket was closed.
    await page.addInitScript(closed => {
      window.WebSocket = class extends WebSocket {
        constructor(...words: ConstructorParameters<typeof WebSocket>) {
          super(...words);
          // eslint-disable-next-line no-console -- Read from here.
          this.addEventListener('close', ({ code }) => console.debug(closed, code));
        }
      };
    }, CLOSED);
    const session = new AppSession(page, kind, edition, origin);
    await page.goto(link);
    await session.#opened();
    return session;
  }

  /** What somebody does whose version has ended: they are led to the live one. */
  async reload(edition: number): Promise<AppSession> {
    const { page, kind, origin } = this;
    const session = new AppSession(page, kind, edition, origin);
    // What was begun on the page that is left must not happen on the one that comes.
    await this.#acting;
    await page.reload();
    await session.#opened();
    return session;
  }

  /** Moves the slider to and fro. */
  async use(): Promise<void> {
    await this.#unlessDrained(
      () => {
        this.#growth = this.#growth === 5 ? 6 : 5;
        const slider = this.page.getByRole('slider').first();
        return slider.press(this.#growth === 6 ? 'ArrowRight' : 'ArrowLeft');
      },
      () => expect(this.page.getByText(`edition ${this.edition}: growth ${this.#growth}`)).toBeVisible()
    );
  }

  async upload(): Promise<void> {
    const upload = this.kind.upload ?? ((page, file) => page.locator('input[type=file]').setInputFiles(file));
    await this.#unlessDrained(
      () => {
        const buffer = Buffer.alloc(++this.#bytes, 'x');
        return upload(this.page, { name: 'notes.txt', mimeType: 'text/plain', buffer });
      },
      () => expect(this.page.getByText(`edition ${this.edition}: received ${this.#bytes} bytes`)).toBeVisible()
    );
  }

  async download(): Promise<void> {
    const download = this.kind.download ?? (page => page.getByText('Download', { exact: true }).click());
    const begun = this.page.waitForEvent('download');
    begun.catch(() => undefined);
    await this.#unlessDrained(
      () => download(this.page),
      async () =>
        expect(await readFile(await (await begun).path(), 'utf8')).toContain(`edition ${this.edition}: report`)
    );
  }

  /** Everything that is there to do, on the page as it was opened. */
  async work(): Promise<void> {
    await this.use();
    await this.upload();
    await this.download();
    this.check();
  }

  /** It is where it was, and has got all it asked for, at least until it was drained. */
  check(): void {
    expect(new URL(this.page.url()).pathname).toContain(`/v/${this.edition}/`);
    expect(this.failed).toEqual([]);
  }

  /** Goes on until its version has ended, and looks at what is left of the page. */
  async end(): Promise<void> {
    while (this.drained === null) {
      await this.use();
    }
    this.check();
    const last = this.page.getByText(`edition ${this.edition}: growth`);
    await expect(last).toBeVisible();
    await this.kind.ended?.(this.page);
  }

  close(): Promise<void> {
    return this.page.close();
  }

  async #opened(): Promise<void> {
    await expect(this.page.getByText(`edition ${this.edition}: growth 5`)).toBeVisible();
    expect(new URL(this.page.url()).pathname).toContain(`/v/${this.edition}/`);
  }

  /** What the page waits for when its version ends never comes. */
  async #unlessDrained(act: () => Promise<void>, seen: () => Promise<void>): Promise<void> {
    if (this.drained === null) {
      const acting = act();
      this.#acting = acting.catch(() => undefined);
      const done = acting.then(seen);
      done.catch(() => undefined);
      await Promise.race([done, this.#told]);
    }
  }

  #drain(): void {
    if (this.#begun) {
      this.drained ??= Date.now();
      this.#tell();
    }
  }

  #missed(what: string): void {
    // What the page asks for after that is refused.
    if (this.#begun && this.drained === null) {
      this.failed.push(what);
    }
  }
}

/** Has all use their pages again and again until `change` is through, and at least once. */
export async function during(change: Promise<unknown>, sessions: readonly AppSession[]): Promise<void> {
  let over = false;
  const changed = change.finally(() => (over = true));
  await Promise.all([
    changed,
    ...sessions.map(async session => {
      do {
        await session.use();
      } while (!over && session.drained === null);
    })
  ]);
}
