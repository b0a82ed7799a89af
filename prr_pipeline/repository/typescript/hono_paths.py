"""Paths of Hono: how they join, what URL they show, and which middleware covers which route."""

from __future__ import annotations

import re

_NAME = re.compile(r":(?P<name>[^{?]+)(?P<rest>.*)", re.DOTALL)
_OPEN_API = re.compile(r"\{([^{}:/]+)\}")


def joined(*paths: str) -> str:
    """Paths one below the other, with one slash between: ``/v1`` and ``grants`` are ``/v1/grants``."""
    parts = [part for path in paths for part in segments(path)]
    return "/" + "/".join(parts)


def segments(path: str) -> list[str]:
    """The parts of a path; a slash inside the braces of ``:name{...}`` parts nothing."""
    parts, depth = [""], 0
    for char in path:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part]


def from_open_api(path: str) -> str:
    """A path of ``createRoute``, where a parameter is ``{name}``, as Hono registers it."""
    return _OPEN_API.sub(r":\1", path)


def urls(path: str) -> tuple[str, ...]:
    """The URL that a path serves, parameters as ``{name}``; two where its last part may be left out."""
    shown = [_shown(part) for part in segments(path)]
    whole = "/" + "/".join(shown)
    last = segments(path)[-1:]
    if last and last[0].startswith(":") and last[0].endswith("?"):
        return whole, "/" + "/".join(shown[:-1])
    return (whole,)


def covers(pattern: str, path: str) -> bool:
    """Whether every request of a route's path also meets middleware that is registered for the pattern."""
    wide, narrow = segments(pattern), segments(path)
    if wide[-1:] == ["*"]:
        wide = wide[:-1]
        narrow = narrow[: len(wide)] if len(narrow) >= len(wide) else narrow
    if len(wide) != len(narrow):
        return False
    return all(_covers(one, other) for one, other in zip(wide, narrow, strict=True))


def may_cover(pattern: str, path: str) -> bool:
    """Whether some requests of a route's path may meet it: a parameter can stand for any text."""
    wide, narrow = segments(pattern), segments(path)
    if wide[-1:] == ["*"]:
        wide = wide[:-1]
        narrow = narrow[: len(wide)]
    if len(wide) != len(narrow):
        return False
    return all(one == other or one[0] in ":*" or other[0] in ":*" for one, other in zip(wide, narrow, strict=True))


def _covers(wide: str, narrow: str) -> bool:
    if wide in ("*", narrow):
        return True
    return wide.startswith(":") and "{" not in wide and narrow != "*"


def _shown(part: str) -> str:
    found = _NAME.fullmatch(part)
    return "{" + found["name"] + "}" if found is not None else part
