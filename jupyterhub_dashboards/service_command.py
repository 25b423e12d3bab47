"""`jupyterhub-dashboards-service`: becomes the service, which the Hub manages."""

import sys

from .errors import NodeMissing
from .node import exec_node


def main():
    try:
        # node:sqlite still announces itself as experimental at every start.
        exec_node("service.js", *sys.argv[1:], flags=("--disable-warning=ExperimentalWarning",))
    except NodeMissing as error:
        sys.exit(f"jupyterhub-dashboards-service: {error} {error.fix}")
    except OSError as error:
        sys.exit(f"jupyterhub-dashboards-service: {error}")


if __name__ == "__main__":
    main()
