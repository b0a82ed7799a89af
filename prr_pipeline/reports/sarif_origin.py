"""Where a repository comes from, as a URL that may be shown: without the credentials that remotes carry."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from prr_pipeline.repository.commit_tree import open_repository

_SCP = re.compile(r"^(?:(?P<user>[\w.-]+)@)?(?P<host>[\w.-]+):(?P<path>[^:/\\].*)$")


def origin_of(repository: Path) -> str:
    """The URL of the remote ``origin``, else the folder's own file URL. Raises `Unreadable` if it is no repository."""
    remotes = open_repository(repository).remotes
    url = str(remotes["origin"].url) if "origin" in set(remotes.names()) else ""
    return shown_url(url) or repository.resolve().as_uri()


def shown_url(remote: str) -> str | None:
    """A remote as an absolute URL without user, password, query or fragment; None for paths and what is no URL."""
    if "://" not in remote:
        found = _SCP.match(remote)
        return f"ssh://{found['host']}/{quote(found['path'])}" if found else None
    try:
        parts = urlsplit(remote)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        return None
    return urlunsplit((parts.scheme, parts.hostname + port, quote(parts.path, safe="/%~"), "", ""))
