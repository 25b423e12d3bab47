import { rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readable } from '../service/testing/page-text';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { Visitor } from './visitor';

let hub: TestHub;
const folder = mkdtempSync(join(tmpdir(), 'dashboards-sign-in-'));
/** While it is there, the sign-in of alice has expired; signing in anew takes it away. */
const expired = join(folder, 'expired');

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'bob'],
    config: `
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator

EXPIRED = Path(${JSON.stringify(expired)})

class ForATime(DummyAuthenticator):
    """As those whose tokens end with the working day."""

    async def authenticate(self, handler, data):
        if data["username"] == "alice":
            EXPIRED.unlink(missing_ok=True)
        return await super().authenticate(handler, data)

    async def refresh_user(self, user, handler=None):
        return user.name != "alice" or not EXPIRED.exists()

c.JupyterHub.authenticator_class = ForATime
c.Authenticator.refresh_pre_spawn = True
# JupyterHub 6 would start servers all the same where a program asks for it; 5 never does.
c.Authenticator.auth_refresh_strict = True
`
  });
});
afterAll(async () => {
  await hub?.stop();
  rmSync(folder, { recursive: true });
});

it('a dashboard sleeps on while the sign-in of its owner has expired, says so, and wakes after the next one', async () => {
  const [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
  alice.write('app/app.py', page('awake'));
  const { id, link } = await alice.live(alice.request('Night', 'app', 'app.py', { audience: { kind: 'everyone' } }));
  await bob.sees(link, 'awake');
  // The browser stays signed in, as far as it knows.
  await alice.sees(link, 'awake');

  const [server = ''] = await alice.servers();
  writeFileSync(expired, '');
  await hub.api('DELETE', `users/alice/servers/${server}`);
  await eventually(async () => {
    await bob.open(link);
    return (await alice.dashboard(id)).problem?.code === 'owner_sign_in';
  }, 30_000);
  const shown = readable((await bob.open(link)).text);
  expect(shown).toContain('Its owner, alice, can see why.');
  expect(shown).not.toContain('auth has expired');
  expect(readable((await alice.open(link)).text)).toContain(
    'The Hub starts this dashboard only after alice has signed in again.'
  );

  const anew = new Visitor();
  await anew.openAs('alice', `${hub.url}hub/home`);
  await eventually(async () => (await anew.openAs('alice', link)).text.includes('awake'), 60_000);
  await bob.sees(link, 'awake');
});
