"""`prr adopt`: take over a maturity on the council's signed word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.town import Town


def prepared(town: Town, operations: str = "createGrant", target: str = "beta") -> Path:
    """A statement about operations, written by `prr adopt prepare`."""
    file = town.folder / "adoption.json"
    options = ("--operations", operations, "--target", target, "--statement", "In use for years.", "--out", str(file))
    town.ok("adopt", "prepare", *options)
    return file


def signed(town: Town, file: Path, *people: str) -> None:
    """Signatures of these people beside the statement."""
    for person in people:
        town.ok("adopt", "sign", str(file), *town.as_person(person))


def apply(town: Town, file: Path) -> str:
    """Apply it, which must be refused; returns the sentence."""
    said = town.prr("adopt", "apply", str(file), "--by", "mara")
    assert said.code == 3
    return said.err


def test_a_quorum_adopts_each_operation_once(town: Town) -> None:
    """One event per operation, and GA can be opened afterwards."""
    file = prepared(town, "createGrant, getTable")
    signed(town, file, "noor", "jonas", "ines")
    said = town.ok("adopt", "apply", str(file), "--by", "mara")
    assert "beta is recorded, signed by ines, jonas, noor" in said.out
    events = town.ok("audit", "log", "--type", "maturity_adopted", "--json").data["events"]
    assert [event["stream"] for event in events] == ["subject/operation/createGrant", "subject/operation/getTable"]
    assert events[0]["payload"]["signers"] == ["ines", "jonas", "noor"]
    assert events[0]["actor"] == "person:mara"
    assert town.open("createGrant", "ga") == "createGrant:ga"


def test_applied_once(town: Town) -> None:
    """The same statement never counts twice."""
    file = prepared(town)
    signed(town, file, "noor", "jonas", "ines")
    town.ok("adopt", "apply", str(file), "--by", "mara")
    assert "applied already" in apply(town, file)
    assert (
        "at beta already"
        in town.prr("adopt", "prepare", "--operations", "createGrant", "--target", "beta", "--statement", "Again.").err
    )


@pytest.mark.parametrize(
    ("people", "words"),
    [((), "nobody"), (("noor", "jonas"), "2 of 3"), (("jonas", "ines", "felix"), "from Equity")],
    ids=["nobody", "too few", "not the owning context"],
)
def test_without_a_quorum_nothing_is_recorded(town: Town, people: tuple[str, ...], words: str) -> None:
    """The council's rule holds here too, with a member of each owning context."""
    file = prepared(town)
    signed(town, file, *people)
    assert words in apply(town, file)
    assert town.prr("audit", "log", "--type", "maturity_adopted", "--json").data["events"] == []


@pytest.mark.parametrize(
    ("operations", "target", "words"),
    [
        ("listGrants", "beta", "listGrants is Preview"),
        ("createGrant", "ga", "createGrant is Beta"),
        ("createGrant,nope", "beta", "Unknown operation 'nope'"),
        ("createGrant,createGrant", "beta", "each once"),
        (" , ", "beta", "at least one"),
        ("createGrant", "alpha", "Unknown target 'alpha'"),
    ],
    ids=["below", "beta is not ga", "unknown", "twice", "none", "target"],
)
def test_what_the_specification_does_not_say_is_refused(town: Town, operations: str, target: str, words: str) -> None:
    """The statement is about what the specification already says."""
    said = town.prr("adopt", "prepare", "--operations", operations, "--target", target, "--statement", "Please.")
    assert said.code == 3
    assert words in said.err


def test_an_operation_without_a_maturity_is_refused(town: Town) -> None:
    """No word in the specification is no maturity."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Beta\n", ""))
    town.commit()
    said = town.prr("adopt", "prepare", "--operations", "createGrant", "--target", "beta", "--statement", "Please.")
    assert "without a maturity" in said.err


@pytest.mark.parametrize(
    ("person", "key", "words"),
    [
        ("mara", "mara", "not in the council"),
        ("noor", "jonas", "jonas's"),
        ("noor", "mallory", "nobody's"),
        ("mallory", "mallory", "Unknown person"),
    ],
    ids=["no member", "another's key", "stranger's key", "stranger"],
)
def test_only_members_sign_with_their_own_keys(town: Town, person: str, key: str, words: str) -> None:
    """A signature that would not count is not filed."""
    file = prepared(town)
    said = town.prr("adopt", "sign", str(file), "--person", person, "--key", town.key(key), "--yes")
    assert said.code == 3
    assert words in said.err
    assert list(town.folder.glob("*.sig")) == []


def test_a_changed_statement_does_not_count(town: Town) -> None:
    """Signatures are over the very bytes."""
    file = prepared(town)
    signed(town, file, "noor", "jonas", "ines")
    file.write_bytes(file.read_bytes().replace(b"createGrant", b"listGrants0"))
    assert "does not count" in apply(town, file)


def test_a_statement_that_was_forged_by_hand_is_read_against_the_specification(town: Town) -> None:
    """Even signed by all, it is checked against the commit it names."""
    file = prepared(town)
    file.write_bytes(file.read_bytes().replace(b'"maturity":"Beta"', b'"maturity":"GA"'))
    signed(town, file, "noor", "jonas", "ines")
    assert "says something else" in apply(town, file)


def test_it_waits_for_signatures_only_so_long(town: Town) -> None:
    """After its end it must be prepared again."""
    from datetime import timedelta

    file = prepared(town)
    signed(town, file, "noor", "jonas", "ines")
    town.clock.advance(timedelta(days=31))
    assert "it ended" in apply(town, file)


def test_saying_no_signs_nothing(town: Town) -> None:
    """The statement is shown first."""
    file = prepared(town)
    said = town.prr("adopt", "sign", str(file), "--person", "noor", "--key", town.key("noor"), answer="n\n")
    assert said.code == 1
    assert "In use for years." in said.out
    assert list(town.folder.glob("*.sig")) == []


def test_a_file_that_is_no_statement_is_one_sentence(town: Town) -> None:
    """Missing or of another form."""
    assert "cannot be read" in apply(town, town.folder / "nope.json")
    other = town.folder / "other.json"
    other.write_text("{}")
    assert "lacks the field" in apply(town, other)


def test_an_existing_file_is_not_overwritten(town: Town) -> None:
    """A statement that others signed is never lost."""
    file = prepared(town)
    said = town.prr(
        "adopt", "prepare", "--operations", "createGrant", "--target", "beta", "--statement", "x", "--out", str(file)
    )
    assert "exists already" in said.err
