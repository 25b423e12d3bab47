"""Makes the values of Zero to JupyterHub and the manifests beside them."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from textwrap import indent
from urllib.parse import urlsplit

from .. import __version__
from .hub_file import hub_file
from .storages import LOSES_VERSIONS, STORAGES

HERE = Path(__file__).parent
PORT = 10202
# Where the database is: in a claim of the service's own, or in the one that the chart gives the Hub.
DATA = "/srv/dashboards"
HUB_DATA = "/srv/jupyterhub"
# The proxy as pods reach it, by how https comes to be. With a certificate of its own it takes nothing else
# than the public name.
PROXY = {
    "none": "http://proxy-public",
    "offload": "http://proxy-public",
    "letsencrypt": "http://proxy-http:8000",
}
HTTPS = (*PROXY, "manual")
# Begin of the names of accounts that pods have.
SERVICE_ACCOUNT = "system:serviceaccount:"

GLUE_ELSEWHERE = (
    "# With: helm upgrade … --set-file hub.extraFiles.dashboards.stringData=jupyterhub_dashboards.py"
)


@dataclass(frozen=True)
class Wanted:
    """What one hub is to get; see `arguments.py`."""

    storage: str
    hub_url: str
    dashboards_origin: str
    image: str
    singleuser_image: str
    hub_image: str
    namespace: str = "jhub"
    https: str = "none"
    in_hub_pod: bool = False
    with_hub_file: bool = True
    with_secret: bool = True
    # Of the Secret, by their names in it; those that are not given are made.
    keys: dict = field(default_factory=dict)

    @property
    def base_url(self):
        return urlsplit(self.hub_url).path or "/"


def options(wanted):
    """Those of `configure(c, ...)`."""
    proxy = PROXY.get(wanted.https)
    return {
        "hub_url": wanted.hub_url,
        "dashboards_origin": wanted.dashboards_origin,
        **({"relay_url": proxy} if proxy else {}),
        **_of_the_service(wanted),
        **STORAGES[wanted.storage].options,
    }


def _of_the_service(wanted):
    if wanted.in_hub_pod:
        return {
            "database": f"{HUB_DATA}/dashboards.sqlite",
            "service_host": "hub",
            "service_port": PORT,
        }
    return {"database": f"{DATA}/dashboards.sqlite", "service_url": f"http://dashboards:{PORT}"}


def values(wanted):
    """For `helm upgrade --values`."""
    storage = STORAGES[wanted.storage]
    texts = [f"# Zero to JupyterHub with dashboards {__version__}: {storage.about}.\n"]
    if wanted.in_hub_pod:
        name, tag = _name_and_tag(wanted.hub_image)
        own = indent(_flow(options(wanted)), "    ")
        filled = {"options": own, "image_name": name, "image_tag": tag}
        texts.append(_fill("values/hub-pod.yaml", base_url=wanted.base_url, **filled))
    else:
        texts.append(_fill("values/hub.yaml", base_url=wanted.base_url, glue=_glue(wanted)))
    name, tag = _name_and_tag(wanted.singleuser_image)
    texts.append(f'\nsingleuser:\n  image:\n    name: {name}\n    tag: "{tag}"\n')
    texts.append(_read(f"values/{wanted.storage}.yaml"))
    if wanted.storage in LOSES_VERSIONS:
        texts.append(_read("values/culler.yaml"))
    return "".join(texts)


def manifests(wanted):
    """For `kubectl apply`; empty where there are none."""
    storage = STORAGES[wanted.storage]
    account = "hub" if wanted.in_hub_pod else "dashboards"
    texts = []
    if not wanted.in_hub_pod:
        texts = _service(wanted, storage)
    if storage.makes_volumes:
        texts.append(role(wanted.namespace, f"{SERVICE_ACCOUNT}{wanted.namespace}:{account}"))
    return "---\n".join(texts)


def role(namespace, account):
    """What making volumes takes, for an account that Kubernetes calls this."""
    if account.startswith(SERVICE_ACCOUNT):
        place, _, name = account.removeprefix(SERVICE_ACCOUNT).partition(":")
        subject = f"kind: ServiceAccount\n    name: {name}\n    namespace: {place}"
    else:
        # As a file of kubectl's says.
        subject = f"kind: User\n    name: {json.dumps(account)}\n    apiGroup: rbac.authorization.k8s.io"
    return _fill("manifests/role.yaml", namespace=namespace, subject=subject)


def _service(wanted, storage):
    filled = {
        "namespace": wanted.namespace,
        "image": wanted.image,
        "base_url": wanted.base_url,
        "data": DATA,
        "calls_kubernetes": "true" if storage.makes_volumes else "false",
        "and_api_server": " and to Kubernetes" if storage.makes_volumes else "",
        "options": indent(json.dumps(options(wanted), indent=2), "    "),
        "api_token": wanted.keys.get("api-token") or secrets.token_hex(32),
        "hook_key": wanted.keys.get("hook-key") or secrets.token_hex(32),
    }
    names = ["service-account", "secret", "options", "claim", "service", "network-policy", "deployment"]
    if not wanted.with_secret:
        names.remove("secret")
    texts = {name: _fill(f"manifests/{name}.yaml", **filled) for name in names}
    if storage.makes_volumes:
        texts["network-policy"] += _read("manifests/network-policy-api-server.yaml")
    return list(texts.values())


def _glue(wanted):
    if not wanted.with_hub_file:
        return indent(GLUE_ELSEWHERE, "      ")
    return "      stringData: |\n" + indent(hub_file(__version__), "        ").rstrip("\n")


def _flow(given):
    """As YAML, each value in the way of JSON, which is YAML as well."""
    return "\n".join(f"{name}: {json.dumps(value)}" for name, value in given.items())


def _name_and_tag(image):
    name, _, tag = image.rpartition(":")
    return name, tag


def _fill(path, **filled):
    return Template(_read(path)).substitute(filled, port=PORT)


def _read(path):
    return (HERE / path).read_text(encoding="utf-8")
