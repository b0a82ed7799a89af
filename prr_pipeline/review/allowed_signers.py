"""Read an ``allowed_signers`` file strictly: one named key per line, no wildcard, no certificate authority."""

from __future__ import annotations

import base64
import re

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable

MAX_BYTES = 1024 * 1024
_PRINCIPAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,199}\Z")
_NAMESPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_TIME = re.compile(r"\d{8}(\d{4}(\d{2})?)?Z\Z")
_OPTION = re.compile(r'([a-z-]+)="([^"\\]*)"(?:,(?=[a-z])|\Z)')
_KEY_TYPES = frozenset(
    {
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-rsa",
    }
)


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """One key and who may sign with it, for which namespaces, from when until when (as OpenSSH writes times)."""

    principals: tuple[str, ...]
    namespaces: tuple[str, ...]
    valid_after: str | None
    valid_before: str | None
    key_type: str
    key: bytes

    def __str__(self) -> str:
        """The line as `ssh-keygen` reads it, without a comment."""
        options = [f'namespaces="{",".join(self.namespaces)}"']
        options += [f'valid-after="{self.valid_after}"'] if self.valid_after else []
        options += [f'valid-before="{self.valid_before}"'] if self.valid_before else []
        return f"{','.join(self.principals)} {','.join(options)} {self.key_type} {base64.b64encode(self.key).decode()}"


def parse_allowed_signers(data: bytes) -> tuple[AllowedSigner, ...]:
    """The keys in the file, in its order. Raises `Unreadable` with the line's number for anything not plain."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"allowed_signers has {len(data)} bytes; the limit is {MAX_BYTES}.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreadable("allowed_signers is not UTF-8 text.") from None
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if any(ord(c) < 32 and c != "\t" for c in line):
            raise _bad(number, "holds a control character")
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_line(number, line.split()))
    return tuple(found)


def _line(number: int, words: list[str]) -> AllowedSigner:
    if any(word.lower().startswith("cert-authority") for word in words[1:2]) or "-cert-v0" in " ".join(words[1:3]):
        raise _bad(number, "names a certificate authority; list each person's own key")
    if len(words) < 4 or words[2] not in _KEY_TYPES:
        raise _bad(
            number, 'must read: principal namespaces="...",valid-before="..." key-type key (namespaces is required)'
        )
    options = _options(number, words[1])
    return AllowedSigner(
        principals=_names(number, words[0], _PRINCIPAL, "principal"),
        namespaces=_names(number, options.get("namespaces", ""), _NAMESPACE, "namespace"),
        valid_after=_time(number, options.get("valid-after")),
        valid_before=_time(number, options.get("valid-before")),
        key_type=words[2],
        key=_key(number, words[2], words[3]),
    )


def _options(number: int, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        option = _OPTION.match(text, at)
        if not option or option[1] in found or option[1] not in ("namespaces", "valid-after", "valid-before"):
            raise _bad(
                number,
                f'has the options {text[:80]!r}; only namespaces="", valid-after="", valid-before="" may be there',
            )
        found[option[1]] = option[2]
        at = option.end()
    return found


def _names(number: int, text: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if any(c in name for c in "*?!"):
            raise _bad(number, f"has the {what} pattern {name!r}; name each {what} in full, without a wildcard")
        if not form.match(name):
            raise _bad(
                number, f"has the {what} {name[:60]!r}; a {what} is made of plain letters, digits and . _ - signs"
            )
    return names


def _time(number: int, text: str | None) -> str | None:
    if text is not None and not _TIME.match(text):
        raise _bad(number, f"has the time {text[:40]!r}; write YYYYMMDDZ or YYYYMMDDHHMMSSZ, the Z for UTC")
    return text


def _key(number: int, key_type: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise _bad(number, "has a key that is not base64") from None
    name = key_type.encode()
    if key[: 4 + len(name)] != len(name).to_bytes(4, "big") + name:
        raise _bad(number, f"has a key that is not of its type {key_type}")
    return key


def _bad(number: int, what: str) -> Unreadable:
    return Unreadable(f"Line {number} of allowed_signers {what}.")
