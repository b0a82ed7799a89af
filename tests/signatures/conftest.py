"""Real keys for the cast, made once: the forgeries below are tried on real signatures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.review.paths import record_path
from prr_pipeline.review.records import RecordKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import Binding
from prr_pipeline.signatures.ssh import generate_key, sign
from prr_pipeline.signatures.verify import VerifiedRecord, verify_record
from tests.review.cast import BINDING, NOW, PEOPLE, signers, statement

KIND = RecordKind.SIGNOFF


@dataclass(frozen=True, slots=True)
class Desk:
    """The private keys, the roster that knows their public halves, and the binding under it."""

    keys: dict[str, Path]
    public: dict[str, str]
    roster: Roster
    binding: Binding

    def sign(self, data: bytes, who: str = "mara", namespace: str = KIND.namespace) -> bytes:
        """A real signature."""
        return sign(self.keys[who], data, namespace)

    def record(self, **other: Any) -> bytes:
        """mara's approval, as bytes."""
        return statement(binding=self.binding, **other).to_bytes()

    def path(self, **other: Any) -> str:
        """Where that record belongs."""
        return record_path("prr", KIND, statement(binding=self.binding, **other).envelope)

    def verify(self, data: bytes, signature: bytes, **other: Any) -> VerifiedRecord:
        """Verify as of now, at its own place, unless said otherwise."""
        known: dict[str, Any] = {"kind": KIND, "at": NOW, "path": self.path(), "roster": self.roster, **other}
        return verify_record(known.pop("roster"), data, signature, **known)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Six key pairs; the one of ``mallory`` is in no roster."""
    folder = tmp_path_factory.mktemp("keys")
    names = ("mara", "mara_yubikey", "owen", "tom", "mallory")
    public = {name: " ".join(generate_key(folder / name, name).split()[:2]) for name in names}
    roster = Roster.parse(signers(**{name: public[name] for name in names[:-1]}), PEOPLE)
    binding = replace(BINDING, roster_digest=roster.digest)
    return Desk({name: folder / name for name in names}, public, roster, binding)
