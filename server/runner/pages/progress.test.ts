import { request as httpRequest } from 'node:http';
import { createContext, runInContext } from 'node:vm';

import type { AppStatus } from '../../contract';
import { lookUntil } from '../testing/look-until';
import { call } from '../testing/http-call';
import { ALICE, BOB, PREFIX, RunnerFixture } from '../testing/runner-fixture';
import { SCRIPT_NAME, STYLE_NAME } from './assets';
import { PROGRESS_SCRIPT } from './assets/progress-script';
import { appendedLines } from './progress-state';

const EVIL = '<script>alert(1)</script>"\'&';
const FAILED: AppStatus = {
  state: 'failed',
  version: 1,
  problem: { code: 'app_failed', message: `It raised ${EVIL}`, fix: 'Correct line 3.', detail: `Traceback ${EVIL}` }
};

describe('the progress page', () => {
  let runner: RunnerFixture;
  let owner: string;
  let viewer: string;

  beforeAll(async () => {
    runner = await RunnerFixture.start({ dashboardName: `Sales ${EVIL}` });
    owner = (await runner.signIn(ALICE)).cookie;
    viewer = (await runner.signIn(BOB)).cookie;
  });
  afterAll(() => runner.stop());

  const page = async (cookie: string): Promise<string> => (await runner.open(cookie)).body;

  it('is sent with stage and, for the owner, the log', async () => {
    runner.engine.tellProgress({ version: 1, stage: 'start', lines: ['first', 'second'] });
    const reply = await runner.open(owner);
    expect(reply.status).toBe(503);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.body).toMatch(/data-step="copy" class="done"[^]*data-step="start" class="current"/);
    expect(reply.body).toContain('first\nsecond\n');
    expect(await page(viewer)).not.toContain('first');
  });

  it('XSS: names, problems and log lines are escaped, and no inline script may run', async () => {
    runner.engine.tellProgress({ version: 1, stage: 'failed', lines: [EVIL] });
    runner.engine.tellStatus(FAILED);
    const reply = await runner.open(owner, `${encodeURIComponent(EVIL)}?x=%3Cscript%3E`);
    expect(reply.body).not.toContain('<script>alert');
    expect(reply.body).not.toMatch(/<script>|<script src="(?!\/user\/alice\/dash-sales\/_dashboards\/assets\/)/);
    expect(reply.body).toContain('It raised &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(reply.body).toContain('Correct line 3.');
    expect(reply.headers['content-security-policy']).toContain("script-src 'self'");
    expect(reply.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  });

  it('tells viewers a plain sentence and nothing of the failure', async () => {
    runner.engine.tellStatus(FAILED);
    const body = await page(viewer);
    expect(body).toContain('cannot be shown at the moment');
    expect(body).not.toMatch(/Traceback|It raised|Correct line/);
  });

  it('says that a broken down app is restarting', async () => {
    runner.engine.tellProgress({ version: 1, stage: null, lines: [] });
    runner.engine.tellStatus({ state: 'restarting', version: 1, problem: null });
    expect(await page(viewer)).toContain('is restarting');
  });

  it('path traversal: assets are known by their exact names', async () => {
    const asset = async (name: string): Promise<[number, string | undefined]> => {
      const reply = await call(runner.port, `${PREFIX}_dashboards/assets/${name}`);
      return [reply.status, reply.headers['content-type']];
    };
    expect(await asset(STYLE_NAME)).toEqual([200, 'text/css; charset=utf-8']);
    expect(await asset(SCRIPT_NAME)).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(await page(viewer)).toContain(`assets/${STYLE_NAME}"`);
    const others = ['', 'x', '../runner.ts', '%2e%2e/runner.ts', '/etc/passwd', '__proto__', `${STYLE_NAME}/x`];
    for (const name of others) {
      expect((await asset(name))[0]).toBeGreaterThanOrEqual(400);
    }
  });

  /** Follows the stream until `enough`, and resolves with all that came. */
  const follow = (cookie: string, enough: (text: string) => boolean, begun: () => void): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      const outgoing = httpRequest(
        { port: runner.port, path: `${PREFIX}_dashboards/progress`, headers: { cookie }, agent: false },
        reply => {
          reply.once('data', begun);
          reply.on('data', (chunk: Buffer) => {
            text += String(chunk);
            if (enough(text)) {
              resolve(text);
              outgoing.destroy();
            }
          });
          reply.on('error', () => {});
        }
      );
      outgoing.on('error', reject);
      outgoing.end();
    });

  it('streams stages and new lines to the owner until the app answers', async () => {
    runner.engine.tellProgress({ version: 2, stage: 'copy', lines: ['a', 'b'] });
    const text = await follow(
      owner,
      all => all.includes('"ready":true'),
      () => {
        runner.engine.tellProgress({ version: 2, stage: 'check', lines: ['a', 'b', 'c'] });
        void runner.serve(2, () => {});
      }
    );
    expect(text).toContain('event: lines\ndata: {"lines":["a","b"],"fresh":true}');
    expect(text).toContain('event: lines\ndata: {"lines":["c"],"fresh":false}');
  });

  it('streams no line to viewers, and nothing without a session', async () => {
    const text = await follow(
      viewer,
      all => all.includes('event: progress'),
      () => {}
    );
    expect(text).not.toContain('event: lines');
    expect((await call(runner.port, `${PREFIX}_dashboards/progress`)).status).toBe(401);
  });

  it('ends its stream with its session', async () => {
    const { cookie, id } = await runner.signIn(ALICE);
    let begun = false;
    const ended = follow(
      cookie,
      () => false,
      () => (begun = true)
    );
    const failed = Promise.race([
      ended.then(
        () => 'ended',
        () => 'ended'
      ),
      closedAfter()
    ]);
    async function closedAfter(): Promise<string> {
      await lookUntil(() => begun, 'the stream has begun');
      runner.service.send({ kind: 'ended', sessions: [id] });
      let status = 0;
      while (status !== 401) {
        status = (await call(runner.port, `${PREFIX}_dashboards/renew`, { headers: { cookie } })).status;
      }
      return 'refused';
    }
    expect(await failed).toBe('refused');
  });
});

describe('the end of the runner', () => {
  it('reaches progress pages in order, with how the build has failed', async () => {
    const runner = await RunnerFixture.start();
    const { cookie } = await runner.signIn(ALICE);
    const text = await new Promise<string>((resolve, reject) => {
      const options = { port: runner.port, path: `${PREFIX}_dashboards/progress`, headers: { cookie }, agent: false };
      const outgoing = httpRequest(options, reply => {
        let all = '';
        reply.once('data', () => {
          runner.engine.tellProgress({ version: 1, stage: 'failed', lines: ['no such region'] });
          runner.engine.tellStatus(FAILED);
          void runner.stop();
        });
        reply.on('data', (chunk: Buffer) => (all += String(chunk)));
        reply.on('error', reject);
        reply.on('end', () => resolve(all));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(text).toContain('no such region');
    expect(text).toMatch(/"failed":true.*Correct line 3\./);
  });
});

/** The page's script with a page of its own, its clock stopped. */
class ScriptedPage {
  readonly message = this._element();
  readonly steps = ['copy', 'start', 'live'].map(step => ({ className: '', dataset: { step } }));
  opened = 0;
  closed = 0;
  reloads = 0;

  constructor(private _visibility: 'visible' | 'hidden' = 'visible') {
    const visibility = (): string => this._visibility;
    const opened = (): number => (this.opened += 1);
    const closed = (): number => (this.closed += 1);
    const listeners = this._listeners;
    const elements: Record<string, ReturnType<typeof this._element>> = {
      progress: this._element(),
      message: this.message,
      fix: this._element(),
      detail: this._element()
    };
    class EventSource {
      static CLOSED = 2;
      constructor() {
        opened();
      }
      addEventListener(name: string, listener: (event: { data: string }) => void): void {
        listeners[name] = listener;
      }
      close(): void {
        closed();
      }
    }
    runInContext(
      PROGRESS_SCRIPT,
      createContext({
        document: {
          get visibilityState() {
            return visibility();
          },
          addEventListener: (_name: string, listener: () => void) => (this._onVisibility = listener),
          getElementById: (id: string) => elements[id] ?? null,
          querySelectorAll: () => this.steps
        },
        EventSource,
        location: { reload: () => (this.reloads += 1) },
        performance: { now: () => this._now },
        setTimeout: (task: () => void) => task(),
        clearTimeout: () => undefined,
        setInterval: (task: () => void) => (this._watch = task)
      })
    );
  }

  tell(state: object): void {
    this._listeners.progress?.({ data: JSON.stringify({ message: '', failed: false, problem: null, ...state }) });
  }

  turn(visibility: 'visible' | 'hidden'): void {
    this._visibility = visibility;
    this._onVisibility();
  }

  wait(ms: number): void {
    this._now += ms;
    this._watch();
  }

  private _element(): Record<string, unknown> {
    return { textContent: '', className: '', dataset: { events: '/events' } };
  }

  private readonly _listeners: Record<string, (event: { data: string }) => void> = {};
  private _onVisibility = (): void => {};
  private _watch = (): void => {};
  private _now = 5_000;
}

describe("the page's script", () => {
  it('writes text only, follows the stages and reloads once when ready', () => {
    const page = new ScriptedPage();
    page.tell({ step: 'start', message: EVIL, ready: false });
    expect(page.message.textContent).toBe(EVIL);
    expect(page.steps.map(step => step.className)).toEqual(['done', 'current', 'ahead']);
    expect(page.reloads).toBe(0);
    page.tell({ step: 'live', ready: true });
    expect([page.reloads, page.closed]).toEqual([1, 1]);
    page.wait(20_000);
    expect(page.reloads).toBe(1);
    // Nothing was heard for longer than the stream is ever silent.
    page.wait(10_000);
    expect(page.reloads).toBe(2);
    expect(PROGRESS_SCRIPT).not.toMatch(/innerHTML|eval|document\.write/);
  });

  it('holds no connection while nobody sees it, and yet finds out when it is ready', () => {
    const page = new ScriptedPage();
    page.turn('hidden');
    expect([page.opened, page.closed]).toEqual([1, 1]);
    page.wait(30_000);
    page.tell({ step: 'start', ready: false });
    expect([page.opened, page.closed, page.reloads]).toEqual([2, 2, 0]);
    page.turn('visible');
    page.tell({ step: 'start', ready: false });
    expect([page.opened, page.closed]).toEqual([3, 2]);
    page.turn('hidden');
    page.wait(30_000);
    page.tell({ step: 'live', ready: true });
    expect([page.opened, page.closed, page.reloads]).toEqual([4, 4, 1]);
  });

  it('asks once in a tab that was opened behind another', () => {
    const page = new ScriptedPage('hidden');
    page.tell({ step: 'start', ready: false });
    expect([page.opened, page.closed]).toEqual([1, 1]);
  });
});

describe('appendedLines', () => {
  it.each([
    [[], ['a'], ['a']],
    [['a'], ['a', 'b'], ['b']],
    [['a', 'b'], ['b', 'c'], ['c']],
    [['a', 'a'], ['a', 'a', 'a'], ['a']],
    [['a'], ['x', 'y'], ['x', 'y']],
    [['a'], ['a'], []]
  ])('%j then %j: %j', (previous, next, expected) => {
    expect(appendedLines(previous, next)).toEqual(expected);
  });
});
