"""What goes wrong in the Python part, in words for the person who can mend it."""


class ConfigurationError(ValueError):
    """`configure(c, ...)` cannot work with what it was given. The message ends with what to write."""


class NodeMissing(RuntimeError):
    """There is no Node that can run the packaged programs."""

    fix = "Run `pip install 'jupyterhub-dashboards[node]'` in this environment."
