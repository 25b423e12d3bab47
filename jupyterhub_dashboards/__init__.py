"""Publish notebooks, scripts and folders from JupyterLab as dashboards that run as JupyterHub named servers.

Three lines in `jupyterhub_config.py`, at its end:

    from jupyterhub_dashboards import configure

    configure(c, dashboards_origin="https://dash.example.org")

Importing this package is cheap on purpose: the runner's launcher does it at every start of a dashboard.
"""

__version__ = "0.1.0"

__all__ = ["ConfigurationError", "configure"]


def __getattr__(name):
    if name == "configure":
        from .configuration import configure

        return configure
    if name == "ConfigurationError":
        from .errors import ConfigurationError

        return ConfigurationError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "jupyterhub-dashboards"}]


def _jupyter_server_extension_points():
    return [{"module": "jupyterhub_dashboards.server_extension"}]
