"""Reading and merging values of a JupyterHub configuration, whatever form they have so far.

A value may be unset, set, or lazy: `c.JupyterHub.services.append(...)` on an unset list records a wish.
"""

from contextvars import ContextVar

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

# True while a configuration is loaded by somebody who is not the Hub: nothing may be taken or written.
LOOKED_AT = ContextVar("LOOKED_AT", default=False)


def read(section, name, default=None):
    """The value as the Hub will see it. Reading `section[name]` itself would create a lazy value."""
    if name not in section:
        return default
    value = section[name]
    return value.get_value(default) if isinstance(value, LazyConfigValue) else value


def extend(section, name, values):
    """Adds `values` to a list, in place of those that are equal."""
    present = list(read(section, name, []))
    section[name] = [value for value in present if value not in values] + list(values)


def spawner_sections(c, name):
    """`c.Spawner`, and the sections of Spawner classes that set `name` too and so would win over it."""
    special = [
        section
        for key, section in c.items()
        if key != "Spawner" and key.endswith("Spawner") and isinstance(section, Config) and name in section
    ]
    return [c.Spawner, *special]
