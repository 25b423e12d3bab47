import { nullTranslator } from '@jupyterlab/translation';
import { Value } from 'typebox/value';

import { PublishRequest, UpdateRequest } from '../../server/contract';
import { FRAMEWORKS } from '../../server/frameworks';
import { audience } from '../audience/audience-form';
import { finishedNames } from '../audience/names';
import {
  formFor,
  framework,
  mistakes,
  newForm,
  published,
  publishRequest,
  source,
  updateRequest,
  withEntry,
  type PublishForm
} from '../publish/form';
import { dashboard, folders, target } from './samples';

const offered = FRAMEWORKS.map(({ id }) => id);
const trans = nullTranslator.load('jupyterhub_dashboards');
const unrecognised = target({ candidates: [{ entry: 'app.py', detection: null }] });
const api = target({
  candidates: [
    {
      entry: 'api.py',
      detection: {
        framework: 'command',
        reason: 'api.py imports fastapi (line 1)',
        confidence: 'likely',
        command: '{python} -m uvicorn api:app --port {port}'
      }
    }
  ]
});

describe('newForm', () => {
  it('can be published as it stands', () => {
    const form = newForm(target(), folders);
    expect(mistakes(form, trans, offered)).toEqual({});
    expect(publishRequest(form, folders)).toEqual({
      name: 'Sales',
      source: { kind: 'files', root: '/home/alice/projects/sales', entry: 'app.py', scope: 'folder' },
      framework: null,
      audience: { kind: 'owner' }
    });
    expect(Value.Check(PublishRequest, publishRequest(form, folders))).toBe(true);
  });

  it('publishes a file alone where its folder is all of the home or the top folder', () => {
    expect(newForm(target({ folder: '' }), folders).scope).toBe('file');
    expect(newForm(target({ folder: 'alice' }), { root: '/home', home: '/home/alice/' }).scope).toBe('file');
    expect(newForm(target({ folder: 'alice/sales' }), { root: '/home', home: '/home/alice' }).scope).toBe('folder');
  });

  it('publishes a folder as a folder, named after it', () => {
    const form = newForm(target({ wholeFolder: true }), folders);
    expect(form.scope).toBe('folder');
    expect(form.name).toBe('Sales');
  });

  it('publishes all of a folder that is a dashboard as a whole', () => {
    const whole = target({ wholeFolder: true, candidates: [{ entry: '.', detection: null }] });
    const form = { ...newForm(whole, folders), scope: 'file' as const };
    expect(updateRequest(form, folders)).toMatchObject({ source: { entry: '.', scope: 'folder' } });
  });

  it('names a folder after itself whatever its entry is called', () => {
    const whole = target({ wholeFolder: true, candidates: [{ entry: 'report.ipynb', detection: null }] });
    expect(newForm(whole, folders).name).toBe('Sales');
  });

  it('takes over the command that was recognised', () => {
    const form = newForm(api, folders);
    expect(updateRequest(form, folders)).toMatchObject({
      framework: 'command',
      command: '{python} -m uvicorn api:app --port {port}'
    });
  });
});

describe('framework', () => {
  it('is what was detected, unless the author chose another one', () => {
    const form = newForm(target(), folders);
    expect(framework(form)).toBe('streamlit');
    expect(framework({ ...form, framework: 'voila' })).toBe('voila');
  });

  it('is sent only if the author chose it, so that the runner says why', () => {
    const form = newForm(target(), folders);
    expect(updateRequest(form, folders)).toHaveProperty('framework', null);
    expect(updateRequest({ ...form, framework: 'voila' }, folders)).toHaveProperty('framework', 'voila');
  });

  describe('of a further version', () => {
    const voila = dashboard({ framework: 'voila', chosenFramework: 'voila' });

    it('is the one that was chosen for the same file, or what its content has become', () => {
      expect(framework(formFor(voila, target(), folders))).toBe('voila');
      const rewritten = formFor(dashboard({ framework: 'dash' }), target(), folders);
      expect([rewritten.framework, framework(rewritten)]).toEqual([null, 'streamlit']);
    });

    it('stays open to be recognised anew where JupyterLab does not recognise it', () => {
      const form = formFor(dashboard({ framework: 'dash' }), unrecognised, folders);
      expect(framework(form)).toBe('dash');
      expect(updateRequest(form, folders)).toHaveProperty('framework', null);
    });

    it('is not taken over for another file, and comes back with the first one', () => {
      const two = target({ candidates: [...target().candidates, { entry: 'b.py', detection: null }] });
      const form = formFor(voila, two, folders);
      const other = withEntry(form, 'b.py');
      expect([other.framework, framework(other)]).toEqual([null, null]);
      expect(withEntry(other, 'app.py')).toEqual(form);
      const gone = dashboard({ chosenFramework: 'command', source: { ...source(form, folders), entry: 'old.py' } });
      expect(framework(formFor(gone, target(), folders))).toBe('streamlit');
      expect(mistakes({ ...formFor(gone, target(), folders), framework: 'command' }, trans, offered)).toHaveProperty(
        'command'
      );
    });
  });

  it('leaves out a command that belongs to a choice no longer made', () => {
    const form: PublishForm = { ...newForm(target(), folders), framework: 'voila', command: 'python serve.py' };
    expect(updateRequest(form, folders)).not.toHaveProperty('command');
  });
});

describe('mistakes', () => {
  const form = newForm(target(), folders);

  it.each([
    ['an empty name', { name: '  ' }, 'name'],
    ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }, 'name'],
    ['no entry', { entry: '' }, 'entry'],
    ['a command that is missing', { framework: 'command' as const, command: ' ' }, 'command'],
    ['a command with a shell sign', { framework: 'command' as const, command: 'a | b' }, 'command'],
    ['a command with an unknown placeholder', { framework: 'command' as const, command: 'a {prot}' }, 'command'],
    ['a command of 10,000 characters', { framework: 'command' as const, command: 'x'.repeat(10_000) }, 'command'],
    ['people without a name', { audience: 'people' as const, users: { finished: [], unfinished: ' ' } }, 'users'],
    [
      '600 people',
      { audience: 'people' as const, users: finishedNames(Array.from({ length: 600 }, (_, n) => `u${n}`)) },
      'users'
    ]
  ])('finds %s', (_what, change, field) => {
    expect(Object.keys(mistakes({ ...form, ...change }, trans, offered))).toContain(field);
  });

  it('asks for a framework where none was recognised', () => {
    expect(mistakes(newForm(unrecognised, folders), trans, offered)).toHaveProperty('framework');
    expect(mistakes({ ...newForm(unrecognised, folders), framework: 'streamlit' }, trans, offered)).toEqual({});
  });

  it('names a framework that this hub does not offer', () => {
    expect(mistakes(form, trans, ['voila'])).toEqual({
      framework: 'This hub does not offer Streamlit. Choose another one.'
    });
  });

  it('accepts a name in Japanese', () => {
    expect(mistakes({ ...form, name: '売上' }, trans, offered)).toEqual({});
  });

  it('opens with the file that the last version started with', () => {
    const candidates = ['a.py', 'app.py'].map(entry => ({ entry, detection: null }));
    const whole = target({ wholeFolder: true, candidates });
    expect(formFor(dashboard(), whole, folders).entry).toBe('app.py');
    expect(formFor(dashboard({ source: null }), whole, folders).entry).toBe('a.py');
  });

  it('lets the command of the last version stand', () => {
    const existing = dashboard({ framework: 'command', chosenFramework: 'command' });
    const again = formFor(existing, unrecognised, folders);
    expect(mistakes(again, trans, offered)).toEqual({});
    expect(updateRequest(again, folders)).toEqual({ framework: 'command', source: expect.anything() });
    expect(Value.Check(UpdateRequest, updateRequest(again, folders))).toBe(true);
  });
});

describe('audience', () => {
  it('names people and groups only where they are meant', () => {
    const form: PublishForm = {
      ...newForm(target(), folders),
      users: finishedNames(['bob']),
      groups: finishedNames(['finance'])
    };
    expect(audience(form)).toEqual({ kind: 'owner' });
    expect(audience({ ...form, audience: 'people' })).toEqual({ kind: 'people', users: ['bob'], groups: ['finance'] });
  });
});

describe('published', () => {
  const newer = dashboard({ id: 'd2', createdAt: '2026-02-01T00:00:00Z' });

  it('finds the newest dashboard of the same file', () => {
    expect(published([dashboard(), newer], target(), folders)?.id).toBe('d2');
  });

  it('does not take another file of the same folder for it', () => {
    const other = target({ candidates: [{ entry: 'other.py', detection: null }] });
    expect(published([dashboard()], other, folders)).toBeNull();
    expect(published([dashboard()], target({ folder: 'projects' }), folders)).toBeNull();
    expect(published([dashboard({ source: null })], target(), folders)).toBeNull();
  });

  it('finds a folder whatever its entry was', () => {
    const whole = target({ wholeFolder: true, candidates: [{ entry: 'zzz.py', detection: null }] });
    expect(published([dashboard()], whole, folders)?.id).toBe('d1');
  });
});
