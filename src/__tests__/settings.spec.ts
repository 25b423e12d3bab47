import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { loadSettings } from '../settings';
import { until } from './until';

const trans = nullTranslator.load('');
const DEFAULTS = { follow: true, wrap: true };

function registry(load: () => Promise<unknown>): ISettingRegistry {
  return { load } as unknown as ISettingRegistry;
}

it('are the defaults until they have been read, then what the person has set, and follow its changes', async () => {
  const composite: Record<string, boolean> = { wrap: false };
  const loaded = { composite, changed: new Signal<unknown, void>({}) };
  const settings = loadSettings(
    registry(() => Promise.resolve(loaded)),
    'us:logs',
    DEFAULTS,
    trans
  );
  expect(settings.current).toEqual(DEFAULTS);
  await until(settings.changed, () => !settings.current.wrap);
  expect(settings.current).toEqual({ follow: true, wrap: false });
  composite['follow'] = false;
  loaded.changed.emit();
  expect(settings.current).toEqual({ follow: false, wrap: false });
});

it('stay the defaults where they cannot be read, and say so with what to do', async () => {
  const refused = registry(() => Promise.reject(new Error('wrap must be boolean')));
  const settings = loadSettings(refused, 'us:logs', DEFAULTS, trans);
  await until(Notification.manager.changed, () => Notification.manager.count > 0);
  const [told] = Notification.manager.notifications;
  expect(told?.type).toBe('warning');
  expect(told?.message).toMatch(/us:logs .*wrap must be boolean.* Settings Editor/);
  expect(settings.current).toEqual(DEFAULTS);
});
