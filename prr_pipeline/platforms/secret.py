"""Credentials: taken from a named environment variable, handed to one header, shown nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NoReturn

from prr_pipeline.platforms.silence import Reason, SourceSilent

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}\Z")
"""How the name of a variable is written; a token hardly ever looks like that."""
HIDDEN = "[hidden]"
_SENDABLE = re.compile(r"[\x21-\x7e]{1,4096}\Z")


class Secret:
    """A text that no repr, format, comparison, copy or pickle shows. Only `reveal` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the header that it is sent in."""
        return self._text

    def hide(self, text: str) -> str:
        """A text in which this secret is blotted out."""
        return text.replace(self._text, HIDDEN) if self._text else text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is neither pickled nor copied; read it from its environment variable where needed.")


def secret_from(variable: str, service: str, environment: Mapping[str, str] | None = None) -> Secret:
    """The secret in an environment variable. Raises `SourceSilent` if it is not set or cannot be sent in a header."""
    found = Secret((os.environ if environment is None else environment).get(variable, "").strip())
    if not found.reveal():
        raise SourceSilent(
            Reason.CREDENTIAL_MISSING,
            f"{service} is not asked, as the environment variable {variable} is not set",
            "set it to a token that may read",
        )
    if not _SENDABLE.match(found.reveal()):
        raise SourceSilent(
            Reason.CREDENTIAL_MISSING,
            f"{service} is not asked, as the environment variable {variable} holds more than a token",
            "set it to the token alone, without blanks and line breaks",
        )
    return found
