import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { Author } from './author';
import { startTestHub, type TestHub } from './hub';
import { CHECKOUT } from './installation';

/** Has to be escaped in addresses: frameworks compare their prefix with what is asked for, some of them unescaped. */
const NAME = 'jürgen müller+50%@example.org';

const SAMPLES = [
  { framework: 'streamlit', folder: 'streamlit-sales', entry: 'app.py', shows: /<title>Streamlit<\/title>/ },
  { framework: 'dash', folder: 'dash-sales', entry: 'app.py', shows: /_dash-config/ },
  { framework: 'panel', folder: 'panel-sales', entry: 'sales.py', shows: /bokeh/ },
  { framework: 'bokeh', folder: 'bokeh-sales', entry: 'main.py', shows: /bokeh/ },
  { framework: 'static', folder: 'static-sales', entry: '.', shows: /<html/ },
  { framework: 'voila', folder: 'quarterly-sales', entry: 'quarterly-sales.ipynb', shows: /Quarterly sales/ }
];

let hub: TestHub;
let author: Author;

beforeAll(async () => {
  hub = await startTestHub({ users: [NAME] });
  author = await Author.of(hub, NAME);
});
afterAll(() => hub?.stop());

it.each(SAMPLES)('$framework works below a prefix that is escaped', async ({ framework, folder, entry, shows }) => {
  cpSync(join(CHECKOUT, 'examples', folder), join(author.home, folder), { recursive: true });
  const dashboard = await author.live(author.request(folder, folder, entry, { framework }));
  const { url, text } = await author.sees(dashboard.link, '<html');
  expect(text).toMatch(shows);
  expect(new URL(url).pathname).toMatch(/^\/user\/j%C3%BCrgen%20m%C3%BCller%2B50%25@example.org\/dash-/);

  // What the page loads lies below the prefix as well, and is there.
  const own = [...text.matchAll(/(?:src|href)="([^"#]+\.(?:js|css)[^"]*)"/g)]
    .map(([, address = '']) => new URL(address.replaceAll('&amp;', '&'), url))
    .filter(({ origin }) => origin === hub.dashboardsOrigin);
  for (const address of own) {
    expect([address.href, (await author.open(address.href)).status]).toEqual([address.href, 200]);
  }
  await author.call('DELETE', `dashboards/${dashboard.id}`);
});
