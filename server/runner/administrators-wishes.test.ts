import { EngineBench } from './testing/engine-bench';
import { RUN, SMALL_APPS } from './testing/small-apps';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create({
    additions: { command: { args: ['--of-the-admin'], env: { OF_THE_ADMIN: '1' } } },
    allowed: { paths: ['shared'] }
  });
});
afterEach(() => bench.dispose());

const build = async (folder: string) => {
  const root = await bench.project(folder, { 'app.py': SMALL_APPS.telling });
  return bench.build(1, { root, entry: 'app.py', scope: 'folder' }, { framework: 'command', command: RUN });
};

describe('what the administrator configures', () => {
  it('reaches the command line and the environment of an app', async () => {
    expect(await build('shared/sales')).toMatchObject({ ok: true });
    expect(JSON.parse((await bench.get(1)).body)).toMatchObject({
      argv: expect.arrayContaining(['--of-the-admin']) as string[],
      env: { OF_THE_ADMIN: '1' }
    });
  });

  it('keeps files of other folders from being published', async () => {
    expect(await build('private')).toMatchObject({ ok: false, problem: { code: 'path_forbidden' } });
  });
});
