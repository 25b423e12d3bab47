"""By what the service finds the Kubernetes that this hub's servers run on."""

import os

from .errors import ConfigurationError
from .hub_config import read

# The Hub gives its services little of its own environment.
VARIABLES = (
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "JUPYTERHUB_DASHBOARDS_NAMESPACE",
)


def cluster_access(c, clones, environment=os.environ):
    """Variables for the service, also where it clones nothing any more: it mounts and removes earlier clones.

    Raises `ConfigurationError`.
    """
    if clones and read(c.KubeSpawner, "enable_user_namespaces", False):
        raise ConfigurationError(
            "Volumes are cloned within one namespace, and KubeSpawner.enable_user_namespaces gives each user"
            ' another one. Take "clone" and "volume-snapshot" out of strategies, or switch that off.'
        )
    access = {name: environment[name] for name in VARIABLES if environment.get(name)}
    namespace = read(c.KubeSpawner, "namespace")
    if namespace:
        access.setdefault("JUPYTERHUB_DASHBOARDS_NAMESPACE", namespace)
    return access
