import type { JupyterFrontEnd } from '@jupyterlab/application';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { saveFirst } from '../publish/documents';

const trans = nullTranslator.load('jupyterhub_dashboards');
const contents = { localPath: (path: string) => path.replace(/^RTC:/, '') } as unknown as Contents.IManager;

let saved: string[];

/** An open document. */
function open(path: string, dirty: boolean): DocumentWidget {
  const context = {
    path,
    localPath: path.replace(/^RTC:/, ''),
    model: { dirty },
    save: async () => {
      saved.push(path);
    }
  };
  return Object.assign(Object.create(DocumentWidget.prototype), { context }) as DocumentWidget;
}

function shell(...widgets: DocumentWidget[]): JupyterFrontEnd.IShell {
  return { widgets: () => widgets.values() } as unknown as JupyterFrontEnd.IShell;
}

beforeEach(() => {
  saved = [];
});

describe('saveFirst', () => {
  it('saves what is published and says so', async () => {
    const notes = await saveFirst(shell(open('RTC:a/app.py', true)), contents, 'a/app.py', trans);
    expect(saved).toEqual(['RTC:a/app.py']);
    expect(notes).toEqual(['app.py had unsaved changes and was saved first.']);
  });

  it('saves nothing that has no changes', async () => {
    expect(await saveFirst(shell(open('a/app.py', false)), contents, 'a/app.py', trans)).toEqual([]);
    expect(saved).toEqual([]);
  });

  it('names other documents of the folder, leaves them alone, and is silent about the rest', async () => {
    const others = shell(open('a/helper.py', true), open('a/deep/more.py', true), open('b/other.py', true));
    const notes = await saveFirst(others, contents, 'a/app.py', trans);
    expect(saved).toEqual([]);
    expect(notes.map(note => note.split(' ')[0])).toEqual(['helper.py', 'more.py']);
  });
});
