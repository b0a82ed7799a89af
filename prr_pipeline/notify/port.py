"""What a notifier must do, what a notice says, and how a notifier is found by its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Literal, Protocol, get_args

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.plugins import made_by, plugin_named

GROUP = "prr_pipeline.notify"
"""Entry-point group of notifiers out of tree. An entry is a callable ``(options, root) -> Notifier``."""

NoticeSeverity = Literal["page", "warn", "info"]
"""page: somebody must act now; warn: somebody must act; info: nobody needs to."""

_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of control, direction, half-pair and line-break characters."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person must know. ``about`` is a promotion key or empty.

    Notices with the same ``dedup_key`` are one: who delivers sends it once. ``title`` and ``body`` may hold text from
    outside; each notifier escapes it for its own sink. ``created_at`` is aware.
    """

    severity: NoticeSeverity
    title: str
    body: str
    about: str
    dedup_key: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.severity not in get_args(NoticeSeverity):
            raise UnknownName("notice severity", self.severity, get_args(NoticeSeverity))
        if not self.title.strip() or not self.dedup_key.strip():
            raise PrrError("A notice needs a title and a dedup_key; one of them is empty.")

    def as_data(self) -> dict[str, str]:
        """The fields as text, as outboxes and notifiers write them."""
        return {
            "about": self.about,
            "body": self.body,
            "created_at": instant_text(self.created_at),
            "dedup_key": self.dedup_key,
            "severity": self.severity,
            "title": self.title,
        }


class Notifier(Protocol):
    """Somewhere that notices can be sent to."""

    name: str

    def send(self, notice: Notice) -> None:
        """Deliver it, or raise `Unavailable`: then it is tried again later. May deliver twice, never half."""
        ...


_BUILT_IN = (
    EntryPoint("log", "prr_pipeline.notify.log_file:log_from_options", GROUP),
    EntryPoint("file", "prr_pipeline.notify.log_file:file_from_options", GROUP),
)


def notifier(name: str, options: Mapping[str, object], root: Path) -> Notifier:
    """The notifier of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    ours = {entry.name: entry for entry in _BUILT_IN}
    if name not in ours:
        made: Notifier = made_by(plugin_named(GROUP, "notifier", name, ours), (options, root), ("name", "send"))
        return made
    make: Callable[[Mapping[str, object], Path], Notifier] = ours[name].load()
    return make(options, root)


def check_options(name: str, options: Mapping[str, object], valid: Collection[str]) -> None:
    """Raise `UnknownName` for the first option that the notifier ``name`` does not know."""
    for option in options:
        if option not in valid:
            raise UnknownName(f"option of the notifier {name}", option, valid)


def one_line(text: str) -> str:
    """The text with control, direction and line-break characters as visible escapes, and backslashes doubled."""
    return "".join(_visible(c) for c in text)


def _visible(c: str) -> str:
    if c == "\\":
        return "\\\\"
    return c.encode("unicode_escape").decode() if unicodedata.category(c) in _UNSAFE else c
