"""Puts what npm has built into the wheel, and says so when it has not been built."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "jupyterhub_dashboards"
BUILT = (
    f"{PACKAGE}/labextension/package.json",
    *(f"{PACKAGE}/js/{name}.js" for name in ("service", "runner", "runner-rest", "author")),
)


class PackagedPrograms(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "editable":
            return
        missing = [path for path in BUILT if not Path(self.root, path).is_file()]
        if missing:
            raise FileNotFoundError(
                f"Not built yet: {', '.join(missing)}. Run `npm ci && npm run build` first."
            )
        extension = "share/jupyter/labextensions/jupyterhub-dashboards"
        build_data["shared_data"].update(
            {
                f"{PACKAGE}/labextension": extension,
                "install.json": f"{extension}/install.json",
                "jupyter-config/server-config": "etc/jupyter/jupyter_server_config.d",
            }
        )
