import os
import subprocess

import pytest

from ..node import find_node
from .hub import PACKAGE, Hub


@pytest.fixture(scope="module")
def create_hub(tmp_path_factory):
    """Starts real Hubs and stops them when the file's tests are done."""
    hubs = []

    def create(**options):
        hub = Hub(tmp_path_factory.mktemp("hub"), **options)
        hubs.append(hub)
        return hub.start()

    yield create
    for hub in hubs:
        hub.stop()


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The real service and runner of this checkout, bundled."""
    folder = tmp_path_factory.mktemp("programs")
    node = find_node(os.environ.get("PATH"))
    command = [node, str(PACKAGE.parent / "scripts" / "build" / "bundle.mjs"), str(folder)]
    subprocess.run(command, check=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def hub(create_hub):
    return create_hub()
