import os
import subprocess

import pytest

from ..node import find_node
from .check_runs import install
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


# Files are served where they are, and no version of them is made.
NO_COPIES = 'strategies=["live"]'


@pytest.fixture
def start_hub(tmp_path_factory, programs):
    """Starts real Hubs with an administrator one after the other, and stops the last one after the test."""
    running = []

    def begin(copies=False, **options):
        """`copies`: whether the hub makes copies of files, on which the check spends most of its time."""
        while running:
            running.pop().stop()
        options.setdefault("options", "trust_all_authors=True")
        if not copies:
            options["options"] += f", {NO_COPIES}"
        options["more"] = 'c.Authenticator.admin_users = {"root"}\n' + options.get("more", "")
        hub = Hub(tmp_path_factory.mktemp("hub"), programs=programs, **options)
        install(hub, "voila", "0.5.13")
        running.append(hub)
        return hub.start()

    yield begin
    while running:
        running.pop().stop()
