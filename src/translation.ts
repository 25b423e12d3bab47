/** Domain of this extension's translations. */
export const TRANSLATION_DOMAIN = 'jupyterhub_dashboards';
