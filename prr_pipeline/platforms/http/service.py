"""One service as it is asked: where, with which credential, within which limits."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.http.origins import Origin, base_of
from prr_pipeline.platforms.secret import Secret


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. Times in seconds; ``total_s`` holds for one question with all that belongs to it."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 30.0
    attempts: int = 4
    max_pages: int = 50
    max_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret, the variable that it came from, and the word before it in the header, such as ``Bearer ``."""

    variable: str
    prefix: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Service:
    """A service to ask.

    ``name`` is its name for people, ``section`` its section of the settings (the way out of most faults). The
    credential is sent to ``origin`` alone; ``allowed`` are further hosts that redirects may lead to. ``proxy`` is the
    URL of the only proxy that is ever used.
    """

    name: str
    section: str
    origin: Origin
    path: str = ""
    credential: Credential | None = None
    allowed: frozenset[Origin] = frozenset()
    limits: Limits = Limits()
    proxy: str | None = None
    ca_file: Path | None = None

    @property
    def origins(self) -> frozenset[Origin]:
        """All hosts that may be asked."""
        return self.allowed | {self.origin}

    def hidden(self, text: str) -> str:
        """A text in which the credential is blotted out, should a service have echoed it."""
        return self.credential.secret.hide(text) if self.credential else text


def service_at(name: str, section: str, base_url: str, credential: Credential | None = None) -> Service:
    """A service by its base URL, with the default limits. Raises `PrrError` for a URL that may not be asked."""
    origin, path = base_of(base_url)
    return Service(name, section, origin, path, credential)
