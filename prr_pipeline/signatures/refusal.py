"""Why a signed record is refused: a code for the ledger and one sentence for a person."""

from __future__ import annotations

from enum import StrEnum

from prr_pipeline.errors import Refused


class RefusalCode(StrEnum):
    """The reasons, as the ledger keeps them."""

    UNREADABLE = "unreadable"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    WRONG_KIND = "wrong_kind"
    WRONG_NAMESPACE = "wrong_namespace"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID = "key_not_valid"
    BAD_SIGNATURE = "bad_signature"
    WRONG_PERSON = "wrong_person"
    WRONG_ROSTER = "wrong_roster"
    WRONG_PATH = "wrong_path"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from_the_future"
    TOO_OLD = "too_old"
    REPLAYED = "replayed"


class RecordRefused(Refused):
    """A record that does not count. ``str(error)`` is the sentence."""

    def __init__(self, code: RefusalCode, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)
