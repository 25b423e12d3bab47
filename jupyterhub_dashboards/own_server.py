"""What Spawner classes need for a dashboard's server to be one of its own, beside the user's Lab."""

import contextlib


def set_apart(spawner):
    """To be called at each start of a dashboard, before anything that may be the administrator's."""
    # SystemdSpawner has one unit for all servers of a user, and ends what runs in it before a start.
    unit, ending = getattr(spawner, "unit_name", None), f"-{spawner.name}"
    if isinstance(unit, str) and not unit.endswith(ending):
        with contextlib.suppress(AttributeError):
            spawner.unit_name = unit + ending
    # DockerSpawner starts a container that it has kept with what that was made for: an earlier start.
    if getattr(spawner, "remove", None) is False:
        spawner.remove = True
