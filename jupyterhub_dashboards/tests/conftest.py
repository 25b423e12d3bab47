import pytest

from .hub import Hub


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


@pytest.fixture(scope="module")
def hub(create_hub):
    return create_hub()
