import { fireEvent, screen, waitFor } from '@testing-library/react';

import { button, preparePublishing, type Publishing } from './publishing';
import { plan, whoami } from './samples';

let publishing: Publishing;

beforeEach(() => {
  publishing = preparePublishing();
});
afterEach(() => publishing.manager.dispose());

const choice = () => screen.findByLabelText<HTMLInputElement>(/^As I save them/);
const sent = () => publishing.service.askedFor('POST api/v1/dashboards')[0]?.body;

it('files are published as they are, unless the person says that viewers see them as they are saved', async () => {
  publishing.show();
  expect((await choice()).checked).toBe(false);
  fireEvent.click(await choice());
  expect((await choice()).checked).toBe(true);
  fireEvent.click(await button('Publish'));
  await screen.findByText('Waiting for its turn…');
  expect(sent()).toMatchObject({ source: { kind: 'files', scope: 'folder', live: true } });
});

it('what is secret in them is to be moved away: nothing that is served as it is saved is left out', async () => {
  const secrets = { items: ['.env'], count: 1 };
  publishing.show({ readPlan: async () => plan({ secrets }) });
  await screen.findByText(/Name what the dashboard does not need in a file \.dashboardignore/);
  fireEvent.click(await choice());
  await screen.findByText(/Move what the dashboard does not need out of the folder: it can read all of it\./);
  expect(screen.queryByText(/\.dashboardignore/)).toBeNull();
});

it('what only keeps files from being copied does not keep them from being served as they are saved', async () => {
  const obstacles = [{ code: 'too_large' as const, message: 'The folder holds too much.', fix: 'Publish less.' }];
  publishing.show({ readPlan: async ({ live }) => plan(live ? {} : { obstacles }) });
  await screen.findByText(/The folder holds too much\./);
  fireEvent.click(await choice());
  await waitFor(() => expect(screen.queryByText(/The folder holds too much\./)).toBeNull());
  fireEvent.click(await button('Publish'));
  await screen.findByText('Waiting for its turn…');
  expect(sent()).toMatchObject({ source: { live: true } });
});

it('one file alone is never served as it is saved', async () => {
  publishing.show();
  fireEvent.click(await choice());
  fireEvent.click(await screen.findByLabelText('This file only'));
  expect(screen.queryByLabelText(/^As I save them/)).toBeNull();
  fireEvent.click(await button('Publish'));
  await screen.findByText('Waiting for its turn…');
  expect(sent()).toMatchObject({ source: { kind: 'files', scope: 'file' } });
  expect(sent()).not.toHaveProperty('source.live');
});

it('a hub that serves no files as they are saved offers nothing of the kind', async () => {
  publishing.show({ whoami: whoami({ strategies: ['snapshot', 'git'] }) });
  await button('Publish');
  expect(screen.queryByText('State of the files')).toBeNull();
});
