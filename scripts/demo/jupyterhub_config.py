"""The demonstration's Hub: an ordinary JupyterHub with local servers, and what an administrator adds for it.

Hub and single-user servers live in two Python environments, as they do on TLJH and Kubernetes. `hub.mjs`
passes what differs from run to run in DASHBOARDS_DEMO.
"""

import json
import os
import pathlib

from jupyterhub_dashboards import configure

demo = json.loads(os.environ["DASHBOARDS_DEMO"])
data = pathlib.Path(demo["data"])

c = get_config()  # noqa: F821

c.JupyterHub.bind_url = f"http://127.0.0.1:{demo['port']}{demo['baseUrl']}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = demo["hubPort"]
c.JupyterHub.db_url = f"sqlite:///{data / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(data / "cookie_secret")
# A link into JupyterLab starts it, instead of showing a page with a button.
c.JupyterHub.implicit_spawn_seconds = 0.01

c.ConfigurableHTTPProxy.command = demo["proxyCommand"]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{demo['proxyApiPort']}"
c.ConfigurableHTTPProxy.pid_file = str(data / "proxy.pid")

if demo["proxyToken"] is not None:
    # As on Kubernetes: the proxy is nobody's child, and servers go on while the Hub is away.
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.auth_token = demo["proxyToken"]
    c.JupyterHub.cleanup_servers = False

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = demo["password"]
c.Authenticator.allowed_users = set(demo["users"])
c.Authenticator.admin_users = set(demo["admins"])

# Servers of all users run as the user who started the demonstration, each with a home folder of its own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(data / "home" / "{username}")
c.Spawner.cmd = [demo["singleUser"]]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.default_url = "/lab"
# Dash brings an extension in the form of JupyterLab 3, which JupyterLab offers to build at every start.
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(pathlib.Path(__file__).parent / "single-user")}
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.JupyterHub.load_groups = demo["groups"]

configure(c, **demo["configure"])
