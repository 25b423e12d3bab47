import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { notebook } from '../runner/testing/notebook';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { describeBadCases, escaped } from './bad-case';
import { createBareEnvironment, type BareEnvironment } from './environments';
import { startTestHub, type TestHub } from './hub';
import { hasFolder, hasRow, leftovers, NO_ORPHANS, NOTHING, orphanRows, processesOf } from './leftovers';
import { createSmallDisk } from './small-disk';

jest.setTimeout(90_000);

const disk = createSmallDisk();
let hub: TestHub;
let bare: BareEnvironment;
/** Alice has everything installed, frank no framework; nora loses her runner, quentin may have one server. */
let alice: Author, frank: Author, nora: Author, quentin: Author, diana: Author;

beforeAll(async () => {
  bare = createBareEnvironment();
  hub = await startTestHub({
    users: ['alice', 'frank', 'nora', 'quentin', 'diana'],
    config: `
def other_environments(spawner, options):
    if spawner.user.name in ("frank", "nora"):
        spawner.cmd = ["${bare.command}"]
    if spawner.user.name == "diana":
        spawner.cmd = ["${disk.wrapper}", *spawner.cmd]
c.Spawner.apply_user_options = other_environments
c.JupyterHub.named_server_limit_per_user = lambda handler: 1 if "/users/quentin/" in handler.request.path else 0
`
  });
  [alice, frank, nora, quentin, diana] = await Promise.all([
    Author.of(hub, 'alice'),
    Author.of(hub, 'frank'),
    Author.of(hub, 'nora'),
    Author.of(hub, 'quentin'),
    Author.of(hub, 'diana')
  ]);
}, 90_000);
afterAll(async () => {
  await hub?.stop();
  bare?.remove();
  disk.remove();
});

describeBadCases(
  [
    {
      title: 'a Streamlit script that raises',
      entry: 'app.py',
      text: 'import streamlit as st\nst.write("hello")\nprices = {}\nst.write(prices["tea"])\n',
      changes: { detect: true },
      code: 'app_failed',
      message: /^The app failed: KeyError: 'tea'$/,
      fix: /publish again/,
      detail: /app\.py", line 4/
    },
    {
      title: 'a notebook with a cell that fails',
      entry: 'report.ipynb',
      text: notebook('total = 1', 'total / nothing'),
      changes: { detect: true },
      code: 'app_failed',
      message: /^The notebook failed: NameError: name 'nothing' is not defined$/,
      fix: /publish again/,
      detail: /total \/ nothing/
    }
  ],
  () => alice
);

describeBadCases(
  [
    {
      title: 'a framework that is not installed',
      entry: 'app.py',
      text: 'import streamlit as st\nst.write("hello")\n',
      changes: { detect: true },
      code: 'framework_missing',
      message: /^Streamlit is not installed in .*python3\.$/,
      fix: /^Install it in a terminal with: .*python3 -m pip install streamlit$/
    }
  ],
  () => frank
);

describe('the quota of named servers', () => {
  it('is named when it is reached; the first dashboard goes on, and a deleted one makes room', async () => {
    const first = await quentin.steady();
    const second = await quentin.publish(quentin.request('Second', 'steady', 'app.py'));
    const { state, problem } = await quentin.ended(second.build?.id ?? '');
    expect({ state, problem }).toMatchObject({
      state: 'failed',
      problem: {
        code: 'server_limit',
        message: 'quentin has as many named servers as this hub allows.',
        fix: expect.stringMatching(/^Delete a dashboard or a named server/) as string
      }
    });
    expect((await quentin.open(second.link)).text).toContain(escaped(problem?.fix));
    expect((await quentin.open(first.link)).text).toBe('steady');
    expect(leftovers(quentin.home, second.id)).toEqual(NOTHING);
    expect(hasFolder(quentin.home, second.id)).toBe(false);
    expect(await quentin.servers({ stopped: true })).toHaveLength(1);

    await quentin.call('DELETE', `dashboards/${first.id}`);
    await eventually(async () => (await quentin.servers({ stopped: true })).length === 0, 20_000);
    expect((await quentin.ended((await quentin.update(second.id, {})).id)).state).toBe('live');
    await quentin.sees(second.link, 'steady');
  });

  it('does not keep a dashboard that never had a server from being deleted', async () => {
    const third = await quentin.publish(quentin.request('Third', 'steady', 'app.py'));
    await quentin.ended(third.build?.id ?? '');
    expect((await quentin.call('DELETE', `dashboards/${third.id}`)).status).toBe(204);
    await eventually(() => !hasRow(hub, third.id), 20_000);
    expect(await quentin.servers({ stopped: true })).toHaveLength(1);
  });
});

describe('an environment without the runner', () => {
  it('is told which package to install, and what was live comes back with it', async () => {
    const dashboard = await nora.steady();
    await nora.call('POST', `dashboards/${dashboard.id}/stop`);
    await eventually(async () => (await nora.servers()).length === 0, 20_000);
    bare.removeRunner();
    try {
      const update = await nora.ended((await nora.update(dashboard.id, {})).id);
      expect(update).toMatchObject({
        state: 'failed',
        problem: {
          code: 'runner_missing',
          message: expect.stringMatching(/\(jupyterhub-dashboards\) is not installed where your servers run/) as string,
          fix: expect.stringMatching(/pip install/) as string
        }
      });
      const fresh = await nora.publish(nora.request('Fresh', 'steady', 'app.py'));
      const { problem } = await nora.ended(fresh.build?.id ?? '');
      expect(problem?.code).toBe('runner_missing');
      expect((await nora.open(fresh.link)).text).toContain(escaped(problem?.fix));
      await eventually(async () => (await nora.servers()).length === 0, 20_000);
      expect(hasFolder(nora.home, fresh.id)).toBe(false);
      expect(leftovers(nora.home, dashboard.id, [1])).toEqual(NOTHING);
    } finally {
      bare.addRunner();
    }
    await nora.call('POST', `dashboards/${dashboard.id}/start`);
    await nora.sees(dashboard.link, 'steady');
    await eventually(async () => (await nora.dashboard(dashboard.id)).state === 'running', 20_000);
    expect(await nora.versions(dashboard.id)).toEqual(['2 failed', '1 ready, live']);
  });
});

it(`${disk.title} is named, and keeps the old version and nothing of the new one`, async () => {
  const dashboard = await diana.steady();
  const filesOfNewer = () =>
    processesOf(hub, /runner\.js/)
      .map(pid => disk.seenBy(pid, diana.home))
      .filter(home => hasFolder(home, dashboard.id))
      .map(home => leftovers(home, dashboard.id, [1]).files);
  diana.write('steady/data.bin', new Uint8Array(2 ** 20));
  const build = await diana.ended((await diana.update(dashboard.id, {})).id);
  expect(build).toMatchObject({
    state: 'failed',
    problem: { code: disk.code, fix: expect.stringMatching(/publish again/) as string }
  });
  expect(filesOfNewer()).toContainEqual([]);
  expect((await diana.open(dashboard.link)).text).toBe('steady');

  rmSync(join(diana.home, 'steady/data.bin'));
  diana.write('steady/app.py', page('room again'));
  expect((await diana.ended((await diana.update(dashboard.id, {})).id)).state).toBe('live');
  await diana.sees(dashboard.link, 'room again');
});

it('nothing in the database is left without its dashboard', () => {
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});
