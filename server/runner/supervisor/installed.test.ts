import { execFileSync } from 'node:child_process';

import { placesOf } from '../../files/places';
import { userPython } from '../testing/user-python';
import { changesSince, installedFor } from './installed';

const around = (python = userPython()) => ({
  ...{ python, home: '/nowhere', places: placesOf('/nowhere', 'id'), environment: { PATH: '/usr/bin:/bin' } }
});
const VERSION = { n: 3, framework: 'streamlit' as const, entry: 'app.py', command: null };

it('what is installed is what Python itself says', async () => {
  const say = (code: string) => execFileSync(userPython(), ['-c', code], { encoding: 'utf8' }).trim();
  const python = say('import platform; print(platform.python_version())');
  const framework = `streamlit ${say('import streamlit; print(streamlit.__version__)')}`;
  expect(await installedFor('streamlit', around())).toEqual({ python, framework });
  expect(await installedFor('command', around())).toEqual({ python, framework: null });
});

it('nothing is known where files are served, or where Python does not start', async () => {
  const nothing = { python: null, framework: null };
  expect(await installedFor('static', around())).toEqual(nothing);
  expect(await installedFor('streamlit', around('/nowhere/python'))).toEqual(nothing);
});

it('what has become another one is told, and what nobody knows is not', () => {
  const builtWith = { python: '3.11.2', framework: 'streamlit 1.40.0' };
  expect(changesSince({ ...VERSION, builtWith }, { python: '3.12.1', framework: 'streamlit 1.41.0' })).toEqual([
    'Python has changed since version 3 was built: it was 3.11.2, and is 3.12.1.',
    'The framework has changed since version 3 was built: it was streamlit 1.40.0, and is streamlit 1.41.0.'
  ]);
  expect(changesSince({ ...VERSION, builtWith }, builtWith)).toEqual([]);
  expect(changesSince({ ...VERSION, builtWith }, { python: null, framework: null })).toEqual([]);
  expect(changesSince(VERSION, builtWith)).toEqual([]);
});
