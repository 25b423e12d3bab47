import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget, type DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/** The open documents with unsaved changes, once each. */
function unsaved(shell: JupyterFrontEnd.IShell): DocumentRegistry.Context[] {
  const contexts = Array.from(shell.widgets('main'))
    .filter(widget => widget instanceof DocumentWidget)
    .map(widget => (widget as DocumentWidget).context)
    .filter(context => context.model.dirty);
  return [...new Set(contexts)];
}

/**
 * Save the document at `path` if it has unsaved changes: what is published is what is on the disk. Others in the same
 * folder are not touched, but named.
 *
 * @returns sentences that tell the person
 */
export async function saveFirst(
  shell: JupyterFrontEnd.IShell,
  contents: Contents.IManager,
  path: string,
  trans: TranslationBundle
): Promise<string[]> {
  const notes: string[] = [];
  const folder = PathExt.dirname(contents.localPath(path));
  for (const context of unsaved(shell)) {
    const name = PathExt.basename(context.localPath);
    if (contents.localPath(context.path) === contents.localPath(path)) {
      await context.save();
      notes.push(trans.__('%1 had unsaved changes and was saved first.', name));
    } else if (PathExt.dirname(context.localPath) === folder || context.localPath.startsWith(`${folder || '\0'}/`)) {
      notes.push(trans.__('%1 has unsaved changes, which are not published unless you save it.', name));
    }
  }
  return notes;
}
