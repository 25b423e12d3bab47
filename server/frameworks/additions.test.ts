import type { FrameworkId } from '../contract';
import { withAdditions } from './additions';
import { frameworkOf } from './catalogue';

const input = {
  python: '/p/python',
  entry: 'app.py',
  projectDir: '/v/1',
  scratchDir: '/s',
  host: '127.0.0.1',
  port: 4000,
  prefix: '/user/alice/dash-x/v/1/',
  command: null
};

const lineOf = (id: FrameworkId, args: string[], env: Record<string, string> = {}) => {
  const line = frameworkOf(id).command(input);
  if (!line) {
    throw new Error(`${id} has no command line`);
  }
  return withAdditions(id, line, { [id]: { args, env } });
};

describe('what the administrator adds', () => {
  it.each(['voila', 'panel', 'bokeh'] as const)('comes last for %s, and so wins', id => {
    expect(lineOf(id, ['--template=own']).argv.at(-1)).toBe('--template=own');
  });

  it('is for Streamlit and not for the script', () => {
    const { argv } = lineOf('streamlit', ['--theme.base=dark']);
    expect(argv.slice(-3)).toEqual(['--theme.base=dark', '--', 'app.py']);
  });

  it('adds variables and replaces none that a start needs', () => {
    const { env } = lineOf('dash', [], { OWN: '1', DASH_REQUESTS_PATHNAME_PREFIX: '/wrong/' });
    expect(env).toMatchObject({ OWN: '1', DASH_REQUESTS_PATHNAME_PREFIX: input.prefix });
  });

  it('replaces what is only usual: the menu that viewers of Streamlit have', () => {
    expect(lineOf('streamlit', []).env).toEqual({ STREAMLIT_CLIENT_TOOLBAR_MODE: 'viewer' });
    const minimal = { STREAMLIT_CLIENT_TOOLBAR_MODE: 'minimal' };
    expect(lineOf('streamlit', [], minimal).env).toEqual(minimal);
  });

  it('changes nothing for other frameworks', () => {
    const line = { argv: ['a'], env: {} };
    expect(withAdditions('voila', line, { streamlit: { args: ['b'], env: { C: 'd' } } })).toEqual(line);
    expect(withAdditions('voila', line)).toEqual(line);
  });
});
