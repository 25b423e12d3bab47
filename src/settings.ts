import type { ISettingRegistry } from '@jupyterlab/settingregistry';
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
 * @param defaults hold until the settings are there, and where they cannot be had
 */
export function loadSettings<T extends JSONObject>(
  registry: ISettingRegistry | null,
  pluginId: string,
  defaults: T
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
    (error: unknown) => console.warn(`The settings of ${pluginId} are not available.`, error)
  );
  return settings;
}
