"""What is reviewed (kind + name), where it moves to, and the key of that promotion."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import unquote

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName

_SAFE = re.compile(r"[A-Za-z0-9._-]")
_MAX_NAME = 200
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class SubjectKind(StrEnum):
    """The seven kinds of subject, by the names used everywhere."""

    OPERATION = "operation"
    SERVICE = "service"
    THIRD_PARTY_ENDPOINT = "third_party_endpoint"
    EVENT = "event"
    JOB = "job"
    INTEGRATION = "integration"
    DEPLOY = "deploy"


class Target(StrEnum):
    """The maturity a promotion leads to."""

    BETA = "beta"
    GA = "ga"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing under review, e.g. ``operation createGrant``. ``name`` is exact: case, slashes and dots count."""

    kind: SubjectKind
    name: str

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > _MAX_NAME:
            raise PrrError(
                f"The name of a subject has 1..{_MAX_NAME} characters; {self.name[:40]!r} has {len(self.name)}."
            )
        if not (self.name.isascii() and self.name.isprintable()) and _is_unreadable(self.name):
            raise PrrError(f"The subject name {self.name[:40]!r} holds control characters or line breaks.")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Read ``service identity``, or a bare name as an operation."""
        kind, space, name = text.partition(" ")
        if not space:
            return cls(SubjectKind.OPERATION, text)
        return cls(parse_kind(kind), name)


def _is_unreadable(name: str) -> bool:
    import unicodedata  # hardly any name is outside ASCII

    return any(unicodedata.category(c) in _UNREADABLE for c in name)


def parse_kind(text: str) -> SubjectKind:
    """The kind of that name. Raises `UnknownName` with the valid ones."""
    try:
        return SubjectKind(text)
    except ValueError:
        raise UnknownName("subject kind", text, list(SubjectKind)) from None


def parse_target(text: str) -> Target:
    """The target of that name, in any case. Raises `UnknownName` with the valid ones."""
    try:
        return Target(text.lower())
    except ValueError:
        raise UnknownName("target", text, list(Target)) from None


def encode_id(text: str) -> str:
    """Percent-encode outside ``[A-Za-z0-9._-]``, and a leading dot, so that it is one safe path segment.

    ``..`` and ``a/b`` become ``%2E.`` and ``a%2Fb``. `decode_id` is the inverse.
    """
    out = "".join(c if _SAFE.match(c) else "".join(f"%{b:02X}" for b in c.encode()) for c in text)
    return "%2E" + out[1:] if out.startswith(".") else out


def decode_id(text: str) -> str:
    """The name that `encode_id` encoded. Raises `PrrError` if ``text`` is not what `encode_id` writes."""
    try:
        name = unquote(text, errors="strict")
        encoded = encode_id(name)
    except UnicodeError:
        raise PrrError(f"{text!r} is not an encoded name: it is no UTF-8.") from None
    if encoded != text:
        raise PrrError(f"{text!r} is not an encoded name; it should read {encoded!r}.")
    return name


def promotion_key(subject: Subject, target: Target) -> str:
    """``createGrant:ga`` for operations, ``service:identity:ga`` else."""
    name = encode_id(subject.name)
    if subject.kind is SubjectKind.OPERATION:
        return f"{name}:{target}"
    return f"{subject.kind}:{name}:{target}"


def parse_promotion_key(key: str) -> tuple[Subject, Target]:
    """The subject and target of a key. Raises `PrrError` for a key of another form."""
    parts = key.split(":")
    if len(parts) == 2:
        return Subject(SubjectKind.OPERATION, decode_id(parts[0])), parse_target(parts[1])
    if len(parts) == 3:
        return Subject(parse_kind(parts[0]), decode_id(parts[1])), parse_target(parts[2])
    raise PrrError(f"{key!r} is no promotion key; write it like createGrant:ga or service:identity:ga.")
