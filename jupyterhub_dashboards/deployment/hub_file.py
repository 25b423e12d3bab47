"""One Python file with all that the Hub needs of this package, for images without it (`hub.extraFiles`)."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# What the Hub imports, and what its pages and starts read.
ROOT = "configuration"
READ = ("refusal.py", "templates/*.html")

HEAD = '''\
"""The part of jupyterhub-dashboards {version} that runs in the Hub, as one file.

Made from the modules of the package by `jupyterhub-dashboards values`: change nothing here. The files below
are put into a folder of their own when this is imported, since the Hub reads some of them by their path.
"""

import os
import tempfile

__version__ = "{version}"


def _unpack():
    folder = tempfile.mkdtemp(prefix="jupyterhub-dashboards-")
    for path, text in FILES.items():
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(text)
    return folder


FILES = {{
'''
FOOT = """\
}

__path__ = [_unpack()]

from jupyterhub_dashboards.configuration import configure  # noqa: E402
from jupyterhub_dashboards.errors import ConfigurationError  # noqa: E402

__all__ = ["ConfigurationError", "configure"]
"""


def hub_file(version):
    """The text of the file."""
    parts = [HEAD.format(version=version)]
    for path in paths():
        text = (PACKAGE / path).read_text(encoding="utf-8")
        parts.append(f"    \"{path}\": r'''{_raw(path, text)}''',\n")
    return "".join([*parts, FOOT])


def paths():
    """Of the files that are in it, below the package."""
    found = {f"{name}.py" for name in _imported(ROOT, set())}
    for pattern in READ:
        found |= {str(path.relative_to(PACKAGE)) for path in PACKAGE.glob(pattern)}
    return sorted(found)


def _imported(name, known):
    """The modules of the package that `name` needs, itself included."""
    known.add(name)
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1, f"{name} is beside what it imports"
            names = [node.module] if node.module else [alias.name for alias in node.names]
            for one in names:
                if one not in known and (PACKAGE / f"{one}.py").is_file():
                    _imported(one, known)
    return known


def _raw(path, text):
    """As it stands between the quotes of a raw string."""
    if "'''" in text or text.endswith(("\\", "'")):
        raise ValueError(f"{path} cannot stand in a raw string with three quotes.")
    return text
