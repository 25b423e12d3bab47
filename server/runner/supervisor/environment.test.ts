import { appEnvironment } from './environment';

it('an app’s environment holds nothing of the Hub, keeps the author’s kernels known and writes to its scratch folder', () => {
  const environment = appEnvironment({
    base: {
      PATH: '/usr/bin',
      LANG: 'C.UTF-8',
      JUPYTERHUB_API_TOKEN: 'secret',
      JUPYTERHUB_DASHBOARDS_START: 'x',
      JPY_API_TOKEN: 'secret',
      JUPYTER_TOKEN: 'secret',
      JUPYTER_PATH: '/opt/share/jupyter'
    },
    framework: { PORT: '1' },
    python: '/opt/env/bin/python',
    home: '/home/alice',
    scratch: '/home/alice/.dashboards/d/scratch/v1',
    marker: 'd.1'
  });
  expect(environment).toEqual({
    HOME: '/home/alice',
    LANG: 'C.UTF-8',
    PATH: '/opt/env/bin:/usr/bin',
    PORT: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    JUPYTER_RUNTIME_DIR: '/home/alice/.dashboards/d/scratch/v1/jupyter-runtime',
    JUPYTER_DATA_DIR: '/home/alice/.dashboards/d/scratch/v1/jupyter-data',
    JUPYTER_PATH: '/opt/share/jupyter:/home/alice/.local/share/jupyter',
    IPYTHONDIR: '/home/alice/.dashboards/d/scratch/v1/ipython',
    DASHBOARDS_APP: 'd.1'
  });
});
