# /opt/tljh/config/jupyterhub_config.d/dashboards.py (names of your hub). Then: sudo tljh-config reload
# TLJH reads the files of that folder in the order of their names: nothing that sets roles, services or hooks
# may come after this one. The packages: docs/operators/installing.md, "The Littlest JupyterHub".
from jupyterhub_dashboards import configure

configure(
    c,  # noqa: F821
    dashboards_origin="https://dash.example.org",
    hub_url="https://hub.example.org/",
    database="/opt/tljh/state/dashboards.sqlite",
)
