"""Routes of Next.js: a file's path says the URL, its exports say the methods."""

from __future__ import annotations

import posixpath
import re

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ROUTE_FILE = re.compile(r"(?:^|/)route\.(?:ts|tsx|js|jsx|mts|mjs)$")
_UNDERSCORE = re.compile("%5[fF]")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def is_route_file(path: str) -> bool:
    """Whether Next.js takes the file for a route handler."""
    return _ROUTE_FILE.search(path) is not None


def url_of(path: str) -> str | None:
    """The URL path that a route file serves, with ``{name}`` for parameters; None if it lies in no ``app`` folder.

    Groups ``(name)`` and parallel slots ``@name`` leave no trace in the URL; private folders ``_name`` and intercepted
    ones ``(.)name`` serve nothing. ``%5F`` stands for an underscore.
    """
    folders = posixpath.dirname(path).split("/")
    if "app" not in folders:
        return None
    parts = []
    for folder in folders[folders.index("app") + 1 :]:
        if folder.startswith(("_", "(.")):
            return None
        if (folder.startswith("(") and folder.endswith(")")) or folder.startswith("@"):
            continue
        if folder.startswith("[") and folder.endswith("]"):
            folder = "{" + folder.strip("[]").removeprefix("...") + "}"
        parts.append(_UNDERSCORE.sub("_", folder))
    return "/" + "/".join(parts)


def url_form(url: str) -> str:
    """The form in which two URL paths are equal that are the same, whatever their parameters are called."""
    return _PARAMETER.sub("{}", url).rstrip("/")
