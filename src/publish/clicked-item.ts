import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';

/**
 * The item of a file browser that the context menu was opened on: not the open document, and with several items
 * selected the one under the pointer.
 */
export function clickedItem(app: JupyterFrontEnd, browsers: IFileBrowserFactory['tracker']): Contents.IModel | null {
  const row = app.contextMenuHitTest(node => node.classList.contains('jp-DirListing-item'));
  if (row === undefined) {
    return null;
  }
  const browser = browsers.find(candidate => candidate.node.contains(row));
  // A context menu selects the item below it, unless it is one of several that are selected already.
  const selected = Array.from(browser?.selectedItems() ?? []);
  const name = row.querySelector('.jp-DirListing-itemText')?.textContent?.trim();
  return selected.find(item => item.name === name) ?? (selected.length === 1 ? (selected[0] ?? null) : null);
}
