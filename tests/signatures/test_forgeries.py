"""X2: each forgery is refused with a sentence of its own. Every signature here is a real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import Unreadable
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import LineClaim
from prr_pipeline.review.council import CouncilPolicy
from prr_pipeline.review.paths import record_path
from prr_pipeline.review.question import Accepted
from prr_pipeline.review.records import RecordKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import SignoffStatement
from prr_pipeline.review.verdict import SignoffState, judge_signoffs
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode
from tests.review.cast import NOW, PEOPLE, d, envelope, signers, statement
from tests.signatures.conftest import Desk

Forgery = tuple[bytes, bytes, dict[str, Any]]
FORGERIES: dict[str, tuple[Callable[[Desk], Forgery], RefusalCode, str]] = {}


def forgery(
    name: str, code: RefusalCode, words: str
) -> Callable[[Callable[[Desk], Forgery]], Callable[[Desk], Forgery]]:
    """Put a forgery into the matrix, with the code and the words of its refusal."""

    def put(make: Callable[[Desk], Forgery]) -> Callable[[Desk], Forgery]:
        FORGERIES[name] = (make, code, words)
        return make

    return put


def edited(data: bytes, **fields: object) -> bytes:
    """The record with fields of its predicate changed, canonical again."""
    record = json.loads(data)
    record["predicate"].update(fields)
    return canonical_bytes(record)


@forgery("flipped byte", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    good = desk.record()
    return good.replace(b'"commit":"0', b'"commit":"1'), desk.sign(good), {}


@forgery("reject turned into approve", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(edited(desk.record(), decision="reject")), {}


@forgery("expiry put off", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    return edited(desk.record(), expires_at="2030-01-01T00:00:00.000000Z"), desk.sign(desk.record()), {}


@forgery("other environment after signing", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    return edited(desk.record(), environment="staging"), desk.sign(desk.record()), {}


@forgery("other rung after signing", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    return edited(desk.record(), rung="100%"), desk.sign(desk.record(rung="50%")), {}


@forgery("signature of another record", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(b"lunch at noon"), {}


@forgery("signed bytes are hidden behind a line break", RefusalCode.UNREADABLE, "canonical")
def _(desk: Desk) -> Forgery:
    return desk.record() + b"\n", desk.sign(desk.record() + b"\n"), {}


@forgery("signed in another spelling", RefusalCode.UNREADABLE, "canonical")
def _(desk: Desk) -> Forgery:
    data = json.dumps(json.loads(desk.record()), indent=2).encode()
    return data, desk.sign(data), {}


@forgery("a key twice", RefusalCode.UNREADABLE, "'decision' twice")
def _(desk: Desk) -> Forgery:
    data = desk.record().replace(b'"decision"', b'"decision":"reject","decision"')
    return data, desk.sign(data), {}


@forgery("a field that nobody knows", RefusalCode.UNREADABLE, "unknown field 'quorum'")
def _(desk: Desk) -> Forgery:
    data = edited(desk.record(), quorum=9)
    return data, desk.sign(data), {}


@forgery("too large", RefusalCode.UNREADABLE, "limit")
def _(desk: Desk) -> Forgery:
    data = edited(desk.record(), commit="0" * 300_000)
    return data, desk.sign(data), {}


@forgery("namespace of files", RefusalCode.WRONG_NAMESPACE, "made for 'file'")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record(), namespace="file"), {}


@forgery("namespace of attestations", RefusalCode.WRONG_NAMESPACE, "made for 'prr-attestation-v1'")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record(), namespace=RecordKind.ATTESTATION.namespace), {}


@forgery("an attestation as a sign-off", RefusalCode.WRONG_KIND, "of the kind attestation, not signoff")
def _(desk: Desk) -> Forgery:
    claim = (LineClaim("kind_has_runbook", d("x")),)
    data = Attestation(envelope(roster_digest=desk.roster.digest), claim, "I read it.").to_bytes()
    return data, desk.sign(data), {}


@forgery("key that the roster does not allow for sign-offs", RefusalCode.WRONG_NAMESPACE, "does not allow the key")
def _(desk: Desk) -> Forgery:
    text = signers(mara=desk.public["mara"]).replace(b"prr-signoff-v1,", b"")
    return desk.record(), desk.sign(desk.record()), {"roster": Roster.parse(text, PEOPLE)}


@forgery("unknown key", RefusalCode.UNKNOWN_KEY, "nobody's in the roster")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record(), "mallory"), {}


@forgery("revoked key", RefusalCode.KEY_NOT_VALID, "revoked")
def _(desk: Desk) -> Forgery:
    revoked = signers(mara=desk.public["mara"]).replace(b" ssh-", b',valid-before="20260304115959Z" ssh-', 1)
    return desk.record(), desk.sign(desk.record()), {"roster": Roster.parse(revoked, PEOPLE)}


@forgery("key of tomorrow", RefusalCode.KEY_NOT_VALID, "not yet in force")
def _(desk: Desk) -> Forgery:
    later = signers(mara=desk.public["mara"]).replace(b" ssh-", b',valid-after="20260305Z" ssh-', 1)
    return desk.record(), desk.sign(desk.record()), {"roster": Roster.parse(later, PEOPLE)}


@forgery("somebody else's name in the text", RefusalCode.WRONG_PERSON, "says 'owen'.*is 'mara's|'mara'")
def _(desk: Desk) -> Forgery:
    return desk.record(person="owen"), desk.sign(desk.record(person="owen")), {"path": desk.path(person="owen")}


@forgery("older roster", RefusalCode.WRONG_ROSTER, "signed under the roster")
def _(desk: Desk) -> Forgery:
    data = statement(binding=replace(desk.binding, roster_digest=d("old"))).to_bytes()
    return data, desk.sign(data), {}


@forgery("other promotion's folder", RefusalCode.WRONG_PATH, "under the promotion deleteGrant:ga")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"path": desk.path().replace("createGrant", "deleteGrant")}


@forgery("folder that differs by case", RefusalCode.WRONG_PATH, "under the promotion creategrant:ga")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"path": desk.path().replace("createGrant", "creategrant")}


@forgery("other attempt's name", RefusalCode.WRONG_PATH, "under the attempt 2")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"path": desk.path().replace("/1-", "/2-")}


@forgery("other kind's folder", RefusalCode.WRONG_PATH, "under the kind attestation")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"path": desk.path().replace("signoffs", "attestations")}


@forgery("somewhere else", RefusalCode.UNREADABLE, "no path of a record")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"path": "approved.json"}


@forgery("expired", RefusalCode.EXPIRED, "ended at 2026-03-04T12:00:00")
def _(desk: Desk) -> Forgery:
    return desk.record(expires_at=NOW), desk.sign(desk.record(expires_at=NOW)), {}


@forgery("from the future", RefusalCode.FROM_THE_FUTURE, "more than 5 minutes ahead")
def _(desk: Desk) -> Forgery:
    ahead = desk.record(signed_at=NOW + timedelta(minutes=6))
    return ahead, desk.sign(ahead), {}


@forgery("an old week's", RefusalCode.TOO_OLD, "more than 7 days ago")
def _(desk: Desk) -> Forgery:
    old = desk.record(signed_at=NOW - timedelta(days=7, seconds=1))
    return old, desk.sign(old), {}


@forgery("replayed nonce", RefusalCode.REPLAYED, "used before")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()), {"seen_nonces": {statement().nonce}}


@forgery("no signature", RefusalCode.SIGNATURE_UNREADABLE, "not an armoured")
def _(desk: Desk) -> Forgery:
    return desk.record(), b"", {}


@forgery("signature cut short", RefusalCode.SIGNATURE_UNREADABLE, "cut short|base64")
def _(desk: Desk) -> Forgery:
    lines = desk.sign(desk.record()).splitlines()
    return desk.record(), b"\n".join([lines[0], lines[1][:40], lines[-1]]), {}


@forgery("signature half missing", RefusalCode.BAD_SIGNATURE, "bytes were changed")
def _(desk: Desk) -> Forgery:
    lines = desk.sign(desk.record()).splitlines()
    flipped = (b"B" if lines[-2][:1] == b"A" else b"A") + lines[-2][1:]
    return desk.record(), b"\n".join([*lines[:-2], flipped, lines[-1], b""]), {}


@forgery("huge signature", RefusalCode.SIGNATURE_UNREADABLE, "limit")
def _(desk: Desk) -> Forgery:
    return desk.record(), desk.sign(desk.record()) + b" " * 20_000, {}


@pytest.mark.parametrize(("make", "code", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused_in_its_own_sentence(
    desk: Desk, make: Callable[[Desk], Forgery], code: RefusalCode, words: str
) -> None:
    """Forgeries accepted: none of them."""
    data, signature, other = make(desk)
    with pytest.raises(RecordRefused, match=words) as refused:
        desk.verify(data, signature, **other)
    assert refused.value.code is code
    assert "\n" not in str(refused.value)


def test_the_matrix_is_wide() -> None:
    """At least twenty ways to forge, beside those below that count only at the decision."""
    assert len(FORGERIES) >= 20


@pytest.mark.parametrize(
    ("field", "value"),
    [("environment", "staging"), ("flag_key", "createGrant-beta"), ("promotion", "createGrant:beta"), ("attempt", 2)],
)
def test_a_real_sign_off_for_something_else_counts_for_nothing_here(desk: Desk, field: str, value: Any) -> None:
    """Rightly signed and rightly filed, it still is not about this promotion, attempt, environment and flag."""
    made = statement(binding=replace(desk.binding, **{field: value}))
    verified = desk.verify(
        made.to_bytes(), desk.sign(made.to_bytes()), path=record_path("prr", RecordKind.SIGNOFF, made.envelope)
    )
    assert isinstance(verified.statement, SignoffStatement)
    taken = Accepted(verified.record_digest, verified.statement, verified.person.id, NOW, True)
    verdict = judge_signoffs(
        [taken], desk.binding, CouncilPolicy(), desk.roster, author="tom", context="identity", now=NOW, attempt=1
    )
    assert verdict.counted == ()


def test_two_keys_of_one_person_are_one_vote(desk: Desk) -> None:
    """Both signatures are good, and both are mara's."""
    taken = []
    for key, nonce in (("mara", "a" * 32), ("mara_yubikey", "b" * 32)):
        data = desk.record(nonce=nonce)
        verified = desk.verify(data, desk.sign(data, key), path=desk.path(nonce=nonce))
        assert isinstance(verified.statement, SignoffStatement)
        taken.append(Accepted(verified.record_digest, verified.statement, verified.person.id, NOW, False))
    verdict = judge_signoffs(
        taken, desk.binding, CouncilPolicy(), desk.roster, author="tom", context="identity", now=NOW, attempt=1
    )
    assert verdict.counted == ("mara",)


def test_an_author_who_signs_is_not_counted(desk: Desk) -> None:
    """The signature is real, the vote is not."""
    verified = desk.verify(desk.record(), desk.sign(desk.record()))
    assert isinstance(verified.statement, SignoffStatement)
    taken = Accepted(verified.record_digest, verified.statement, verified.person.id, NOW, True)
    verdict = judge_signoffs(
        [taken], desk.binding, CouncilPolicy(), desk.roster, author="mara", context="identity", now=NOW, attempt=1
    )
    assert (verdict.state, verdict.counted) == (SignoffState.MISSING, ())


def test_a_roster_with_a_wildcard_is_no_roster(desk: Desk) -> None:
    """It never gets as far as a signature."""
    with pytest.raises(Unreadable, match="without a wildcard"):
        Roster.parse(signers() + f'* namespaces="prr-signoff-v1" {desk.public["mallory"]}\n'.encode(), PEOPLE)
