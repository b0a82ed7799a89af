"""Signing and verifying with ssh-keygen, and what a person reads when it is not there."""

from __future__ import annotations

import stat
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, Refused, Unavailable, Unreadable
from prr_pipeline.review.roster import Roster
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode
from prr_pipeline.signatures.roster_file import load_roster
from prr_pipeline.signatures.ssh import fresh_nonce, generate_key, sign, verify
from tests.review.cast import NOW, PEOPLE, signers
from tests.signatures.conftest import KIND, Desk

NAMESPACE = KIND.namespace


def test_a_real_record_is_accepted(desk: Desk) -> None:
    """The person follows from the key; statement and digest are those of the bytes."""
    verified = desk.verify(desk.record(), desk.sign(desk.record()))
    assert (verified.person.id, verified.principal) == ("mara", "mara@example.org")
    assert verified.statement.to_bytes() == desk.record()


def test_the_principal_follows_from_the_key(desk: Desk) -> None:
    """With candidates, only those may answer."""
    signature = desk.sign(b"data", "owen")
    text = desk.roster.allowed_signers_text
    assert verify(text, (), NAMESPACE, signature, b"data", NOW) == "owen@example.org"
    with pytest.raises(RecordRefused, match=r"is none of mara@example\.org") as refused:
        verify(text, ["mara@example.org"], NAMESPACE, signature, b"data", NOW)
    assert refused.value.code is RefusalCode.WRONG_PERSON


def test_the_time_is_ours_in_utc_whatever_the_zone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key's end is judged at the instant handed in, not at the machine's time or in its zone."""
    ends = signers(mara=desk.public["mara"]).replace(b" ssh-", b',valid-before="20260304120000Z" ssh-', 1)
    text = Roster.parse(ends, PEOPLE).allowed_signers_text
    signature = desk.sign(b"data")
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        before = (NOW - timedelta(seconds=1)).astimezone(timezone(timedelta(hours=9)))
        assert verify(text, (), NAMESPACE, signature, b"data", before) == "mara@example.org"
        with pytest.raises(RecordRefused, match="not valid at 2026-03-04 12:01"):
            verify(text, (), NAMESPACE, signature, b"data", NOW + timedelta(minutes=1))


def test_without_ssh_keygen_a_sentence_says_what_to_install(desk: Desk) -> None:
    """Neither signing nor verifying crashes."""
    with pytest.raises(Unavailable, match="install OpenSSH"):
        sign(desk.keys["mara"], b"data", NAMESPACE, program="ssh-keygen-that-is-not-there")
    with pytest.raises(Unavailable, match="install OpenSSH"):
        desk.verify(desk.record(), desk.sign(desk.record()), program="ssh-keygen-that-is-not-there")


def test_a_hanging_program_is_given_up(desk: Desk, tmp_path: Path) -> None:
    """The wait has an end, and the sentence says that nothing was signed."""
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o700)
    with pytest.raises(Unavailable, match="did not end within"):
        sign(desk.keys["mara"], b"data", NAMESPACE, program=str(slow), timeout=0.2)


def test_the_files_handed_to_ssh_keygen_are_private_and_gone_afterwards(desk: Desk, tmp_path: Path) -> None:
    """A stand-in program notes their modes; nothing stays behind."""
    seen = tmp_path / "seen"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\nfor a; do [ -f "$a" ] && stat -c "%a %n" "$a" >> {seen}; done\nexec ssh-keygen "$@"\n')
    spy.chmod(0o700)
    verify(desk.roster.allowed_signers_text, (), NAMESPACE, desk.sign(b"data"), b"data", NOW, program=str(spy))
    modes, paths = zip(*(line.split(" ", 1) for line in seen.read_text().splitlines()), strict=True)
    assert set(modes) == {"600"}
    assert not any(Path(path).exists() for path in paths)


def test_a_key_that_cannot_sign_says_why(tmp_path: Path) -> None:
    """A missing file is a sentence with the way out."""
    with pytest.raises(Refused, match=r"cannot sign: .*Check the path"):
        sign(tmp_path / "none", b"data", NAMESPACE)


def test_a_new_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    """Mode 0600; a second one at the same place is refused."""
    line = generate_key(tmp_path / "deep" / "key", "demo")
    assert line.startswith("ssh-ed25519 ")
    assert line.endswith(" demo")
    assert stat.S_IMODE((tmp_path / "deep" / "key").stat().st_mode) == 0o600
    with pytest.raises(Refused, match="never overwritten"):
        generate_key(tmp_path / "deep" / "key", "demo")
    with pytest.raises(PrrError, match="No key could be made"):
        generate_key(tmp_path / "other", "demo", program="false")


def test_nonces_differ() -> None:
    """Thirty-two hex digits, new each time."""
    nonces = {fresh_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert all(len(nonce) == 32 and int(nonce, 16) >= 0 for nonce in nonces)


def test_the_roster_files_are_held_against_the_pin(tmp_path: Path) -> None:
    """A changed file is refused; a missing and an endless one are unreadable."""
    allowed, people = tmp_path / "allowed_signers", tmp_path / "people.yaml"
    allowed.write_bytes(signers())
    people.write_bytes(PEOPLE)
    pinned = load_roster(allowed, people, pinned=None).digest
    assert load_roster(allowed, people, pinned=pinned).person("mara").id == "mara"
    people.write_bytes(PEOPLE + b"  - {id: mallory, roles: [council]}\n")
    with pytest.raises(Refused, match="differs from the pinned"):
        load_roster(allowed, people, pinned=pinned)
    with pytest.raises(Unreadable, match="cannot be read"):
        load_roster(tmp_path / "none", people, pinned=pinned)
    with pytest.raises(Unreadable, match="more than"):
        load_roster(Path("/dev/zero"), people, pinned=pinned)


def test_an_acceptance_within_the_skew_and_the_week_is_good(desk: Desk) -> None:
    """Five minutes ahead and seven days back are the last good instants."""
    for signed_at in (NOW + timedelta(minutes=5), NOW - timedelta(days=7)):
        data = desk.record(signed_at=signed_at)
        assert desk.verify(data, desk.sign(data)).person.id == "mara"
