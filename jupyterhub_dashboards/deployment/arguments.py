"""The words of `jupyterhub-dashboards values`."""

import argparse

from .. import __version__
from ..address_checks import origin, url
from ..errors import ConfigurationError
from .chart import HTTPS
from .storages import STORAGES

REGISTRY = "registry.example.org"
PARTS = ("all", "values", "manifests", "hub-file")


def add_to(commands):
    """Adds the command; its options then have `deploys`."""
    kinds = "\n".join(f"  {name:8} {storage.about}" for name, storage in STORAGES.items())
    parser = commands.add_parser(
        "values",
        help="print what Zero to JupyterHub needs, to paste",
        description="Prints values for the chart of Zero to JupyterHub, and manifests of what runs beside it."
        f" Kinds of storage:\n\n{kinds}\n\nEach has a page in docs/operators/kubernetes/.",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--storage", required=True, choices=list(STORAGES), help="how homes are stored")
    add(
        "--hub-url", type=_address(url), default="https://hub.example.org/", help="the hub as browsers see it"
    )
    add(
        "--dashboards-origin",
        type=_address(origin),
        default="https://dash.example.org",
        help="the second name of the same proxy, on which dashboards are served",
    )
    add("--namespace", default="jhub", help="where the chart is installed")
    add(
        "--https",
        choices=HTTPS,
        default="none",
        help="proxy.https.type of the chart; none where it does without, behind an Ingress for example",
    )
    add(
        "--in-hub-pod",
        action="store_true",
        help="run the service in the pod of the Hub, from an image of yours",
    )
    add("--image", type=_image, default=_example("service"), help="of the service")
    add(
        "--singleuser-image", type=_image, default=_example("singleuser"), help="of JupyterLab and dashboards"
    )
    add("--hub-image", type=_image, default=_example("hub"), help="of the Hub, with --in-hub-pod")
    add("--without-secret", action="store_true", help="leave the Secret out, which is there already")
    add(
        "--without-hub-file",
        action="store_true",
        help="leave the Hub's file out of the values, for helm's --set-file",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--part", choices=PARTS, default="all", help="print this part alone")
    what.add_argument("--into", metavar="FOLDER", help="write the parts into files there")
    parser.set_defaults(publishes=False, deploys=True)


def _example(name):
    return f"{REGISTRY}/jupyterhub-dashboards-{name}:{__version__}"


def _address(check):
    def checked(value):
        try:
            return check("", value)
        except ConfigurationError as error:
            raise argparse.ArgumentTypeError(str(error).strip()) from None

    return checked


def _image(value):
    name, _, tag = value.rpartition(":")
    if not name or not tag or "/" in tag or " " in value:
        raise argparse.ArgumentTypeError(f"write it with its tag, as in {REGISTRY}/lab:1, not {value!r}")
    return value
