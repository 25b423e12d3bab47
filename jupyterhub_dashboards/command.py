"""`jupyterhub-dashboards`: what authors (`publish`) and administrators (`check`, `values`) call by hand."""

import argparse
import io
import json
import os
import signal
import sys
import traceback

from . import __version__
from .deployment import arguments as deployment_arguments
from .given_token import NoToken, given_token
from .publish import arguments as publish_arguments

CANNOT = 2
INTERRUPTED = 130


def main(arguments=None):
    """Returns the exit code: 0 nothing fails, 1 something does, 2 it could not be run, 130 interrupted."""
    options = _parser().parse_args(arguments)
    # A service manager's stop leaves nothing behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Signs that the terminal's encoding lacks are no reason to end.
        sys.stdout.reconfigure(errors="replace")
    if options.publishes:
        from .publish.run import run

        return run(options)
    if options.deploys:
        from .deployment.run import run

        return run(options)
    from .check.check_server import left, remains
    from .check.finding import CannotCheck

    servers = []
    try:
        return _check(options, servers)
    except CannotCheck as error:
        why = str(error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _ended(options, f"interrupted; {remains(servers)}", INTERRUPTED)
    except Exception as error:
        # 1 would say that the hub is at fault.
        traceback.print_exc()
        why = f"made a mistake of its own ({type(error).__name__}: {error}); please report it."
    return _ended(options, f"{why} {left(servers)}".rstrip(), CANNOT)


def _ended(options, why, code):
    """Says why there is no result: programs read it where they would have read the result."""
    if options.json:
        print(json.dumps({"ok": False, "error": why, "lines": []}, indent=2))
    print(f"jupyterhub-dashboards check: {why}", file=sys.stderr)
    return code


def _parser():
    parser = argparse.ArgumentParser(prog="jupyterhub-dashboards", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    parser.set_defaults(deploys=False)
    publish_arguments.add_to(commands)
    deployment_arguments.add_to(commands)
    check = commands.add_parser(
        "check",
        help="try on the running hub what dashboards need",
        description="Tries on the running hub what dashboards need, and prints what to paste where it fails."
        " What is read from the configuration file instead, since nothing that runs could be asked, is"
        " marked so. The token of Lab's pages is"
        " tried with one that has the same rights, since their own needs somebody who signs in. The token"
        " of an administrator is taken from JUPYTERHUB_API_TOKEN or from a file.",
    )
    check.add_argument("-f", "--config", default="jupyterhub_config.py", help="the Hub's configuration file")
    check.add_argument("--token-file", help="a file with the token of an administrator")
    check.add_argument("--timeout", type=float, default=300, help="seconds that a server may take to start")
    check.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    check.set_defaults(publishes=False)
    return parser


def _check(options, servers):
    from .check import hub_file, output
    from .check.finding import FAILED, CannotCheck
    from .check.run import run
    from .check.web import Hub, NoAnswer

    file = hub_file.load(options.config)
    hub = Hub(file.api_url, _token(options.token_file, file))
    shown = output.Json() if options.json else output.Table()
    findings = []

    def tell(finding):
        findings.append(finding)
        shown.tell(finding)

    try:
        run(hub, file, options.timeout, tell, shown.progress, servers)
    except NoAnswer as error:
        raise CannotCheck(f"The Hub has stopped answering ({error}). Look into its log.") from None
    shown.end(findings)
    return 1 if any(finding.state == FAILED for finding in findings) else 0


def _token(path, file):
    from .check.finding import CannotCheck
    from .check.of_hub import A_TOKEN

    try:
        token = given_token(path, os.environ)
    except NoToken as error:
        raise CannotCheck(str(error)) from None
    if not token:
        how = A_TOKEN.format(url=f"{file.public_url}{file.base_url}")
        raise CannotCheck(f"The check needs the token of an administrator. {how}")
    return token


if __name__ == "__main__":
    sys.exit(main())
