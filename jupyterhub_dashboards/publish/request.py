"""From the words of the command to the bodies that the API takes."""

import os
import re

from .errors import CannotPublish

# Names that say nothing about a dashboard: the folder's name is the better one.
GENERIC = re.compile(r"(app|main|index|dashboard|home|run|server|streamlit_app|untitled\d*)", re.IGNORECASE)
NAMED = re.compile(r"(user|group):(.+)")


def source(path, alone):
    """What is published of `path`: a folder, or a file with all that lies beside it unless it goes `alone`.

    A path that begins with `~` is sent as it is and means the author's home on the hub. One that is not here
    is a file unless it ends with a slash.
    """
    there = path == "~" or path.startswith("~/")
    here = os.path.expanduser(path) if there else os.path.abspath(path)
    exists = os.path.exists(here)
    if not exists and not there and not os.path.isabs(path):
        raise CannotPublish(
            f"There is no {here}.",
            "Run this where the files are, or write their path on the hub: absolute, or as '~/…' in quotes.",
            "no_file",
        )
    sent = os.path.normpath(path) if there else here
    if os.path.isdir(here) if exists else path.endswith("/") or path == "~":
        if alone:
            raise CannotPublish(
                f"{path} is a folder.", "Leave --file-only out, or name a file in it.", "no_file"
            )
        return {"kind": "files", "root": sent, "entry": ".", "scope": "folder"}
    root, entry = os.path.split(sent)
    return {"kind": "files", "root": root, "entry": entry, "scope": "file" if alone else "folder"}


def git_source(options):
    """What is published of a repository: PATH in it is a file, unless it is `.` or ends with a slash."""
    path = os.path.normpath(options.path)
    folder = path == "." or options.path.endswith("/")
    if folder and options.file_only:
        raise CannotPublish(
            f"{options.path} is a folder.", "Leave --file-only out, or name a file in it.", "no_file"
        )
    root, entry = (path, ".") if folder else os.path.split(path)
    return {
        "kind": "git",
        "url": options.git,
        "ref": options.ref or "",
        "root": root or ".",
        "entry": entry,
        "scope": "file" if options.file_only else "folder",
        **({"credential": options.credential} if options.credential else {}),
        **({"lfs": True} if options.lfs else {}),
        **({"submodules": True} if options.submodules else {}),
    }


def name_of(source):
    """A name for people: `quarterly_sales-2026.ipynb` becomes `Quarterly sales 2026`, as in JupyterLab."""
    folder = os.path.basename(source["root"])
    if folder == "." and "url" in source:
        folder = re.sub(r"\.git$", "", re.split(r"[/:]", source["url"].rstrip("/"))[-1])
    stem = re.sub(r"\.[A-Za-z]+$", "", folder if source["entry"] == "." else source["entry"])
    if GENERIC.fullmatch(stem) and folder not in ("", "~"):
        stem = folder
    words = re.sub(r"[_\-\s]+", " ", stem).strip()
    return (words[:1].upper() + words[1:]) or "Dashboard"


def audience(shares):
    """Who may look, from `owner`, `everyone`, `user:NAME` and `group:NAME`; None where nothing was said."""
    if not shares:
        return None
    if len(set(shares)) == 1 and shares[0] in ("owner", "everyone"):
        return {"kind": shares[0]}
    found = {"user": [], "group": []}
    for share in shares:
        named = NAMED.fullmatch(share)
        if named is None:
            among = " among people" if share in ("owner", "everyone") else ""
            raise CannotPublish(
                f"--share {share} means nothing{among}.",
                "Write either owner or everyone, or any number of user:NAME and group:NAME.",
                "wrong_arguments",
            )
        found[named[1]].append(named[2])
    return {"kind": "people", "users": found["user"], "groups": found["group"]}


def version(options):
    """What publish and update have in common."""
    if options.git:
        body = {"source": git_source(options)}
    else:
        body = {"source": source(options.path, options.file_only)} if options.path else {}
    for key, value in (
        ("framework", options.framework),
        ("command", options.app_command),
        ("message", options.message),
    ):
        if value:
            body[key] = value
    return body


def first_version(options):
    """The body of a first publish."""
    body = version(options)
    shared = audience(options.share)
    return {
        **body,
        "name": options.name or name_of(body["source"]),
        **({"audience": shared} if shared else {}),
    }
