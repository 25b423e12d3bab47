/**
 * Runs Voila as `python -m voila` does, without this product's extension of JupyterLab. Voila loads every extension of
 * JupyterLab that its environment has into each viewer's page; ours is for authors, and fails where there is no Lab.
 * Voila's own option would replace a list of the administrator's instead of adding to it.
 */
export const VOILA_LAUNCHER = `
from voila.app import main
from voila.configuration import VoilaConfiguration

make = VoilaConfiguration.__init__


def init(settings, *args, **options):
    make(settings, *args, **options)
    settings.extension_denylist = [*(getattr(settings, "extension_denylist", None) or []), "jupyterhub-dashboards"]


VoilaConfiguration.__init__ = init
main()
`;
