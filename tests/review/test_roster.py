"""A roster is plain: every key one person's, nobody alike, nothing hidden."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Refused, UnknownName, Unreadable
from prr_pipeline.review.allowed_signers import parse_allowed_signers
from prr_pipeline.review.roster import Roster
from tests.review.cast import NAMESPACES, PEOPLE, ROSTER, public_key, signers

KEY = public_key("zoe")


def test_who_signed_follows_from_the_key() -> None:
    """Two keys of one person lead to that one person."""
    for principal in ("mara@example.org", "mara-yubikey@example.org"):
        person = ROSTER.person_of_principal(principal)
        assert person is not None
        assert person.id == "mara"
    assert ROSTER.person_of_principal("nobody@example.org") is None


def test_people_are_found_by_id() -> None:
    """An unknown id lists the valid ones; who left has no role."""
    assert ROSTER.person("lena").roles == {"engineer", "council", "on_call_lead"}
    with pytest.raises(UnknownName, match="lena, mara"):
        ROSTER.person("nobody")
    assert ROSTER.roles_of("gone") == frozenset()
    assert ROSTER.contexts == ("billing", "identity", "platform")


def test_the_digest_covers_every_byte_of_both_files() -> None:
    """Even a comment changes it, and an unpinned roster is refused in a sentence."""
    assert Roster.parse(signers() + b"# x\n", PEOPLE).digest != ROSTER.digest
    other = Roster.parse(signers(), PEOPLE + b"# x\n")
    assert other.digest != ROSTER.digest
    assert ROSTER.require_digest(ROSTER.digest) is ROSTER
    with pytest.raises(Refused, match="differs from the pinned"):
        other.require_digest(ROSTER.digest)


def test_ssh_keygen_gets_what_was_checked() -> None:
    """The text handed on reads back to the same entries, without comments."""
    text = b"# ours\n\n" + signers().replace(b" ssh-", b" ssh-").replace(b"\n", b" a comment\r\n")
    assert parse_allowed_signers(text) == ROSTER.signers
    assert parse_allowed_signers(ROSTER.allowed_signers_text) == ROSTER.signers


LINES = {
    "wildcard": (f"*@example.org {NAMESPACES} {KEY}", "without a wildcard"),
    "question mark": (f"zo? {NAMESPACES} {KEY}", "without a wildcard"),
    "negation": (f"zoe,!zoe {NAMESPACES} {KEY}", "without a wildcard"),
    "namespace wildcard": (f'zoe namespaces="prr-*" {KEY}', "without a wildcard"),
    "certificate authority": (f"zoe cert-authority,{NAMESPACES} {KEY}", "certificate authority"),
    "certificate authority in capitals": (f"zoe Cert-Authority {KEY}", "certificate authority"),
    "certificate authority behind": (f"zoe {NAMESPACES},cert-authority {KEY}", "options"),
    "certificate": (f"zoe {NAMESPACES} ssh-ed25519-cert-v01@openssh.com AAAA", "certificate authority"),
    "no namespaces": (f"zoe {KEY}", "namespaces is required"),
    "empty namespaces": (f'zoe namespaces="" {KEY}', "namespace"),
    "times but no namespaces": (f'zoe valid-before="20300101Z" {KEY}', "namespace"),
    "option twice": (f"zoe {NAMESPACES},{NAMESPACES} {KEY}", "options"),
    "unknown option": (f'zoe {NAMESPACES},touch="no" {KEY}', "options"),
    "local time": (f'zoe {NAMESPACES},valid-before="20300101" {KEY}', "Z for UTC"),
    "other key type": (f"zoe {NAMESPACES} ssh-dss AAAA", "must read"),
    "not base64": (f"zoe {NAMESPACES} ssh-ed25519 ????", "not base64"),
    "key of another type": (f"zoe {NAMESPACES} ssh-rsa {KEY.split()[1]}", "not of its type"),
    "quoted principal": (f'"zoe" {NAMESPACES} {KEY}', "principal"),
    "look-alike letter": (f"zоe {NAMESPACES} {KEY}", "plain letters"),
    "control character": (f"zoe\x0b {NAMESPACES} {KEY}", "control character"),
}


@pytest.mark.parametrize(("line", "words"), LINES.values(), ids=LINES)
def test_a_line_that_is_not_plain_is_refused_with_its_number(line: str, words: str) -> None:
    """Everything that could let in somebody unnamed is unreadable."""
    with pytest.raises(Unreadable, match=f"Line 2 .*{words}"):
        parse_allowed_signers(f"# first\n{line}\n".encode())


FILES = {
    "nobody's key": (signers() + f"zoe {NAMESPACES} {KEY}\n".encode(), PEOPLE, "nobody's in people"),
    "key of two people": (
        signers() + f"tom@example.org {NAMESPACES} {public_key('mara')}\n".encode(),
        PEOPLE,
        "held by 'mara' and by 'tom'",
    ),
    "key without a line": (signers().replace(b"tom@", b"lena@"), PEOPLE, "has no line in allowed_signers"),
    "look-alike id by case": (signers(), PEOPLE + b"  - {id: MARA}\n", "look alike"),
    "look-alike id by digit": (signers(), PEOPLE.replace(b"id: tom", b"id: 0wen"), "look alike"),
    "look-alike principal": (signers(), PEOPLE.replace(b"[tom@example.org]", b"[Mara@example.org]"), "look alike"),
    "other alphabet": (signers(), PEOPLE.replace(b"id: tom", "id: tоm".encode()), "plain letters"),
    "full-width id": (signers(), PEOPLE.replace(b"id: tom", "id: ｔom".encode()), "plain letters"),
    "person twice": (signers(), PEOPLE + b"  - {id: mara}\n", "stands twice"),
    "alias": (signers(), PEOPLE + b"  - {id: &a zed}\n  - {id: *a}\n", "alias"),
    "tag": (signers(), PEOPLE + b"  - !!python/object:os.system {}\n", "tag"),
    "key twice": (signers(), PEOPLE + b"  - {id: zed, id: zoe}\n", "twice"),
    "merge": (signers(), PEOPLE + b"  - {<<: {id: zed}}\n", "merge key"),
    "unknown field": (signers(), PEOPLE + b"  - {id: zed, admin: true}\n", "'admin'"),
    "signs own": (signers(), PEOPLE + b"  - {id: zed, may_not_sign_own: false}\n", "author is never counted"),
    "not a list": (signers(), b"people: {}", "one list named people"),
    "not YAML": (signers(), b"people: [", "not plain YAML"),
    "not text": (signers(), b"\xff", "not plain YAML"),
    "deep": (signers(), b"[" * 20_000, "nested deeper"),
    "login for a number": (signers(), PEOPLE + b"  - {id: zed, github_id: zed}\n", "number"),
    "roles not a list": (signers(), PEOPLE + b"  - {id: zed, roles: council}\n", "list of texts"),
}


@pytest.mark.parametrize(("allowed", "people", "words"), FILES.values(), ids=FILES)
def test_files_that_do_not_fit_are_refused(allowed: bytes, people: bytes, words: str) -> None:
    """One sentence names the person or the key at fault."""
    with pytest.raises(Unreadable, match=words):
        Roster.parse(allowed, people)
