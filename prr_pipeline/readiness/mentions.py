"""Does a text name a subject? Ids have dots, slashes and hyphens, and one id may stand inside another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.endpoints import split_name
from prr_pipeline.readiness.service_routes import operations_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject, SubjectKind, encode_id

_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Mentions:
    """How a subject is named: ``name`` as a whole word, unless it is a part of one of the ``longer`` names there."""

    name: str
    longer: tuple[str, ...] = ()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the text names the subject, from start to end."""
        own = _occurrences(self.name, text)
        if not own:
            return []
        taken = [span for name in self.longer for span in _occurrences(name, text)]
        return [(start, end) for start, end in own if not any(a <= start and end <= b for a, b in taken)]

    def named_in(self, text: str) -> bool:
        """Whether the text names the subject."""
        return bool(self.spans(text))

    def without(self, text: str) -> str:
        """The text with its mentions of the subject blanked out, so that words inside an id count for nothing."""
        for start, end in reversed(self.spans(text)):
            text = f"{text[:start]} {text[end:]}"
        return text

    def names_file(self, path: str) -> bool:
        """Whether a component of the path, up to one of its dots, is the subject's name as file names write it."""
        return any(self._is_component(part) for part in path.split("/"))

    @property
    def rarest_word(self) -> str | None:
        """The longest word of the name, which is one of `words_of` every text that names it; None if it has none."""
        return max(words_of(self.name), key=len, default=None)

    @property
    def file_name(self) -> str:
        """The name as file names write it, which is one of `file_names_in` every path that `names_file` accepts."""
        return _file_name(self.name)

    def _is_component(self, part: str) -> bool:
        def begins(name: str) -> bool:
            encoded = _file_name(name)
            return part == encoded or part.startswith(f"{encoded}.")

        return begins(self.name) and not any(begins(name) for name in self.longer)


def words_of(text: str) -> frozenset[str]:
    """The longest runs of letters, digits and underscores: what a subject that is named there can be called."""
    return frozenset(_WORDS.findall(text))


def file_names_in(path: str) -> Iterator[str]:
    """Each component of the path, whole and up to each of its dots."""
    for part in path.split("/"):
        yield part
        yield from (part[:at] for at, character in enumerate(part) if character == ".")


@lru_cache(maxsize=4096)
def _file_name(name: str) -> str:
    """Asked once per component of every path that a report names."""
    return encode_id(name)


def mentions_of(sources: Sources, subject: Subject) -> Mentions:
    """How texts name the subject. For an operation, ids of others that hold its own are told apart from it.

    A third-party endpoint is called by its id, or as ``POST /v1/events``, without its service.
    """

    def make() -> Mentions:
        name = subject.name
        others: Iterable[str] = ()
        with suppress(PrrError):
            if subject.kind is SubjectKind.OPERATION:
                others = sources.spec().operations
            elif subject.kind is SubjectKind.THIRD_PARTY_ENDPOINT:
                service, name = split_name(subject)
                others = operations_of(sources, service)
        return Mentions(name, tuple(other for other in others if name in other and other != name))

    return sources.once("mentions", str(subject), make)


def _occurrences(name: str, text: str) -> list[tuple[int, int]]:
    """Each place of the name with no letter, digit or underscore on either side."""
    found, at = [], text.find(name)
    while at >= 0:
        end = at + len(name)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not _WORD.match(before) and not _WORD.match(after):
            found.append((at, end))
        at = text.find(name, at + 1)
    return found
