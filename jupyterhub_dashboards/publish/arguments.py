"""The words of `jupyterhub-dashboards publish`."""

import argparse

from .errors import CannotPublish

ABOUT = """\
Publishes a file or folder of yours as a dashboard, follows it, and prints the link on standard output.

PATH lies where your servers of the hub run, and is copied there; where the dashboard's server does not see
it, but this command does, it is sent from here. Call this in a terminal of JupyterLab, or from anywhere else
with a path on the hub: absolute, or as '~/...' in quotes; one that is not here as well is a folder if it ends
with a slash. With --git, PATH is one in the repository.

The token is taken from JUPYTERHUB_API_TOKEN or from a file, never from an argument, which others could see.
The one that a server is started with is not enough: make one at /hub/token of your hub.

exit codes: 0 it is live, 1 publishing failed or was cancelled, 2 it was refused, not understood or lost sight
of, 130 interrupted, which cancels it
"""


def add_to(commands):
    """Adds the command; its options then have `publishes`."""
    parser = commands.add_parser(
        "publish",
        help="publish a file or folder as a dashboard, or a new version of it",
        description=ABOUT,
        # `--token` is to be an error, and not short for the file.
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "path",
        metavar="PATH",
        nargs="?",
        help="the file or folder, on the hub; may be left out with --update",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--hub", metavar="URL", help="address of the hub; in a server of yours it may be known already"
    )
    where.add_argument(
        "--url", help="address of the service, where it is not HUB/services/dashboards/, as with subdomains"
    )
    add("--token-file", metavar="FILE", help="a file with a token of yours")
    add("--name", help="name of the dashboard; otherwise made from PATH")
    add("--file-only", action="store_true", help="publish the file without those that lie beside it")
    add("--git", metavar="URL", help="take the files from this repository; PATH is one in it, `.` its top")
    add(
        "--ref",
        metavar="NAME",
        help="branch, tag or commit of it; otherwise the branch that it shows by itself",
    )
    add(
        "--credential",
        metavar="ID",
        help="what it is read with: the id of a stored git credential, or `own`; otherwise nothing",
    )
    add("--lfs", action="store_true", help="fetch files that it keeps in Git LFS, too")
    add("--submodules", action="store_true", help="fetch repositories inside of it, too")
    add("--framework", help="what it is run with; otherwise found out from the content")
    add(
        "--command",
        dest="app_command",
        metavar="WORDS",
        help="a command of your own, with {port} and {base_url}",
    )
    add(
        "--share",
        action="append",
        metavar="WITH",
        help="owner, everyone, user:NAME or group:NAME; the last two as often as needed",
    )
    add("--update", metavar="SLUG_OR_ID", help="make a new version of this dashboard of yours")
    add("--message", help="what is new in this version")
    add("--no-wait", action="store_true", help="do not wait until it is live")
    add("--json", action="store_true", help="print one JSON object in place of the link")
    parser.set_defaults(publishes=True)


def check(options):
    """Raises `CannotPublish` where arguments do not go together."""
    if options.git and not options.path:
        raise CannotPublish(
            "--git needs a PATH in the repository.",
            "Name a file or folder of it, or . for its top.",
            "wrong_arguments",
        )
    if not options.git:
        for word in ("ref", "credential", "lfs", "submodules"):
            if getattr(options, word):
                raise CannotPublish(
                    f"--{word} is said of a repository.", "Name it with --git URL.", "wrong_arguments"
                )
    if options.update:
        for word, value in (("--name", options.name), ("--share", options.share)):
            if value:
                raise CannotPublish(
                    f"{word} belongs to a first publish, and --update makes a new version.",
                    f"Leave {word} out; change it in JupyterLab or with the API.",
                    "wrong_arguments",
                )
    elif not options.path:
        raise CannotPublish(
            "There is no PATH to publish.",
            "Name a file or folder, or a dashboard with --update.",
            "wrong_arguments",
        )
    if options.file_only and not options.path:
        raise CannotPublish("--file-only needs a PATH.", "Name the file.", "wrong_arguments")
