import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

/** Settings of a plugin, as they are now. */
export interface PluginSettings<T extends JSONObject> {
  readonly current: T;
  readonly changed: ISignal<unknown, void>;
}

/**
 * Settings of a plugin whose schema is in `schema/`.
 *
 * @param defaults hold until the settings are there, and where they cannot be had, which the person is told
 */
export function loadSettings<T extends JSONObject>(
  registry: ISettingRegistry | null,
  pluginId: string,
  defaults: T,
  trans: TranslationBundle
): PluginSettings<T> {
  const owner = {};
  const changed = new Signal<unknown, void>(owner);
  const settings = { current: defaults, changed };
  registry?.load(pluginId).then(
    loaded => {
      const take = () => {
        settings.current = { ...defaults, ...(loaded.composite as Partial<T>) };
        changed.emit();
      };
      loaded.changed.connect(take);
      take();
    },
    (error: unknown) =>
      Notification.warning(
        trans.__(
          'The settings of %1 cannot be read, and its defaults are used: %2. Correct or reset them in the Settings Editor, then reload the page.',
          pluginId,
          error instanceof Error ? error.message : String(error)
        ),
        { autoClose: false }
      )
  );
  return settings;
}
