"""The signed head file: its key, its form, and every forgery of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Unavailable, Unreadable
from prr_pipeline.ledger.head import HeadFile

HASH = "ab" * 32


def test_an_exported_head_is_read_back(head_file: HeadFile, clock: FileClock) -> None:
    """Without a file there is no head; after an export it says what was exported."""
    assert head_file.read() is None
    head_file.export(7, HASH, clock.now())
    head = head_file.read()
    assert head is not None
    assert (head.seq, head.hash, head.at) == (7, HASH, clock.now())


def test_the_key_is_for_its_owner_only(head_file: HeadFile, clock: FileClock) -> None:
    """The key is made with mode 0600 on first use and used again afterwards."""
    head_file.export(1, HASH, clock.now())
    assert stat.S_IMODE(head_file.key_path.stat().st_mode) == 0o600
    made = head_file.key_path.read_bytes()
    head_file.export(2, HASH, clock.now())
    assert head_file.key_path.read_bytes() == made


def test_the_head_never_goes_back(head_file: HeadFile, clock: FileClock) -> None:
    """A late export of an earlier event leaves the further one."""
    head_file.export(9, HASH, clock.now())
    head_file.export(8, "cd" * 32, clock.now())
    head = head_file.read()
    assert head is not None
    assert head.seq == 9


def test_every_flipped_byte_of_the_head_is_found(head_file: HeadFile, clock: FileClock) -> None:
    """No single changed byte gives a readable head."""
    head_file.export(7, HASH, clock.now())
    good = head_file.path.read_bytes()
    accepted = []
    for place in range(len(good)):
        head_file.path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        try:
            head_file.read()
        except Unreadable:
            continue
        accepted.append(place)
    assert accepted == []


def test_a_head_signed_by_another_key_is_forged(tmp_path: Path, head_file: HeadFile, clock: FileClock) -> None:
    """The key that the file names does not count: anybody can make one. It is left as evidence."""
    head_file.export(7, HASH, clock.now())
    HeadFile(tmp_path / "eve.json", tmp_path / "eve.pem").export(9, HASH, clock.now())
    head_file.path.write_bytes((tmp_path / "eve.json").read_bytes())
    with pytest.raises(Unreadable, match="forged"):
        head_file.read()
    with pytest.raises(Unreadable, match="forged"):
        head_file.export(10, HASH, clock.now())
    assert head_file.path.read_bytes() == (tmp_path / "eve.json").read_bytes()


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"{", b"[" * 5000, b"x" * 9000, b'{"seq":1e999}'])
def test_a_broken_head_is_a_sentence(head_file: HeadFile, clock: FileClock, content: bytes) -> None:
    """Whatever lies in the file, reading it gives `Unreadable`."""
    head_file.export(7, HASH, clock.now())
    head_file.path.write_bytes(content)
    with pytest.raises(Unreadable, match="broken"):
        head_file.read()


def test_a_lost_key_does_not_become_a_new_one(head_file: HeadFile, clock: FileClock) -> None:
    """With a head there and no key, nothing is signed: a new key would accept any past."""
    head_file.export(7, HASH, clock.now())
    head_file.key_path.unlink()
    with pytest.raises(Unreadable, match="key"):
        head_file.export(8, HASH, clock.now())
    assert not head_file.key_path.exists()


def test_the_signature_covers_exactly_the_three_fields(head_file: HeadFile, clock: FileClock) -> None:
    """The file holds what the documentation says and nothing else."""
    head_file.export(7, HASH, clock.now())
    assert set(json.loads(head_file.path.read_bytes())) == {"at", "hash", "public_key", "seq", "signature"}


def test_a_stopped_exporter_holds_nobody_up_for_long(head_file: HeadFile, clock: FileClock) -> None:
    """While another process holds the lock, an export gives up after a second."""
    import fcntl

    head_file.export(1, HASH, clock.now())
    with head_file.path.with_name("head.json.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="another process"):
            head_file.export(2, HASH, clock.now())
