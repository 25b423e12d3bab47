import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dashboard } from '../../server/contract';

/** Ask before a dashboard is deleted. Keeping it is the default. */
export async function confirmDelete(dashboard: Dashboard, trans: TranslationBundle): Promise<boolean> {
  const whose = dashboard.mine
    ? trans.__('Its link stops working, and all its versions and logs are removed.')
    : trans.__('It belongs to %1. Its link stops working, and all its versions and logs are removed.', dashboard.owner);
  const files = dashboard.mine
    ? trans.__('The files in your project folder stay as they are.')
    : trans.__('The files in its owner’s project folder stay as they are.');
  return ask({
    title: trans.__('Delete %1?', dashboard.name),
    body: `${whose} ${files}`,
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
}

/** Ask before people are cut off. */
export async function confirmStop(dashboard: Dashboard, trans: TranslationBundle): Promise<boolean> {
  return ask({
    title: trans.__('Stop %1?', dashboard.name),
    body: trans._n(
      '%1 person is looking at it now. Visitors see that it is stopped until you start it again.',
      '%1 people are looking at it now. Visitors see that it is stopped until you start it again.',
      dashboard.viewers
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep running') }), Dialog.warnButton({ label: trans.__('Stop') })]
  });
}

async function ask(question: Partial<Dialog.IOptions<unknown>>): Promise<boolean> {
  const dialog = new Dialog(question);
  dialog.addClass('jp-DashboardsQuestion');
  const { button } = await dialog.launch();
  return button.accept;
}
