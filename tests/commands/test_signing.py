"""`prr sign`, `prr attest`, `prr justify`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prr_pipeline.control.council import convene
from prr_pipeline.review.signoff import SignoffStatement
from tests.commands.town import Town


@pytest.fixture
def ready(town: Town) -> str:
    """An open promotion of which every line is attested."""
    key = town.open()
    town.attest_all(key)
    return key


def records(town: Town, folder: str) -> list[Path]:
    """The records of one kind in the working tree."""
    return sorted((town.mono / "prr" / "records" / "deploy" / "slack" / "beta" / folder).glob("*.json"))


def test_sign_files_a_record_that_the_ledger_accepts(town: Town, ready: str) -> None:
    """From the key to the gate: what `prr sign` writes is taken in and counts."""
    for person in ("noor", "jonas", "felix"):
        said = town.ok("sign", ready, *town.as_person(person))
        assert "git -C" in said.out
    town.commit("sign")
    session = convene(town.work(), ready, "test")
    assert session.intake.refused == {}
    assert session.agreement.gate.is_open, session.agreement.gate.why


def test_sign_does_not_commit(town: Town, ready: str) -> None:
    """The person commits; the pipeline only writes the two files."""
    town.ok("sign", ready, *town.as_person("noor"))
    [record] = records(town, "signoffs")
    assert record.with_name(record.name + ".sig").exists()
    assert convene(town.work(), ready, "test").intake.accepted == ()


def test_what_is_shown_is_what_is_signed(town: Town, ready: str) -> None:
    """The screen is built from the bytes, with the digests a sign-off binds."""
    said = town.ok("sign", ready, *town.as_person("noor"))
    [record] = records(town, "signoffs")
    statement = SignoffStatement.from_bytes(record.read_bytes())
    for value in (statement.binding.report_digest, statement.binding.flag_key, statement.commit):
        assert str(value) in said.out


@pytest.mark.parametrize(
    ("person", "role"),
    [("noor", "owning_context"), ("jonas", "other_context"), ("felix", "on_call_lead")],
)
def test_the_role_follows_from_roster_and_rota(town: Town, ready: str, person: str, role: str) -> None:
    """Nobody has to know the names of the roles."""
    town.ok("sign", ready, *town.as_person(person))
    [record] = records(town, "signoffs")
    assert SignoffStatement.from_bytes(record.read_bytes()).role == role


def test_without_yes_the_answer_decides(town: Town, ready: str) -> None:
    """Only an explicit yes signs; silence does not."""
    options = ("sign", ready, "--person", "noor", "--key", town.key("noor"))
    for answer in ("n\n", "\n", ""):
        said = town.prr(*options, answer=answer)
        assert said.code == 1
        assert "Nothing was signed" in said.err
    assert records(town, "signoffs") == []
    assert town.prr(*options, answer="y\n").code == 0
    assert len(records(town, "signoffs")) == 1


def test_a_second_sign_off_shows_what_changed(town: Town, ready: str) -> None:
    """A person who signs again sees what is different from the last time."""
    town.ok("sign", ready, *town.as_person("noor"))
    town.commit("sign")
    (town.mono / "prr" / "slack.md").unlink(missing_ok=True)
    said = town.ok("sign", ready, *town.as_person("noor"))
    assert "changed since the last sign-off" in said.out
    assert "nothing" in said.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--person", "mallory", "--key", "mallory"), "Unknown person 'mallory'"),
        (("--person", "noor", "--key", "jonas"), "'jonas'"),
        (("--person", "noor", "--key", "mallory"), "nobody's in the roster"),
        (("--person", "noor", "--key", "no-such-key"), "cannot sign"),
        (("--person", "noor", "--key", "noor", "--attempt", "3"), "attempt 1"),
        (("--person", "noor", "--key", "noor", "--rung", "7%"), "Unknown rung '7%'"),
        (("--person", "noor", "--key", "noor", "--role", "boss"), "Unknown role 'boss'"),
        (("--person", "noor", "--key", "noor", "--decision", "maybe"), "Unknown decision 'maybe'"),
        (("--person", "noor", "--key", "noor", "--expires", "soon"), "no duration"),
        (("--person", "noor", "--key", "noor", "--expires", "0d"), "must last some time"),
    ],
    ids=["person", "other's key", "stranger's key", "no key", "attempt", "rung", "role", "decision", "span", "no span"],
)  # fmt: skip
def test_a_sign_off_that_would_not_count_is_refused_now(
    town: Town, ready: str, options: tuple[str, ...], words: str
) -> None:
    """What the pipeline would refuse later is refused here, and nothing is filed."""
    name = options[options.index("--key") + 1]
    given = [str(town.keys / name) if option == name and options[i - 1] == "--key" else option
             for i, option in enumerate(options)]  # fmt: skip
    said = town.prr("sign", ready, *given, "--yes")
    assert said.code == 3
    assert words in said.err
    assert records(town, "signoffs") == []


def test_nothing_is_signed_while_lines_are_unknown(town: Town) -> None:
    """The sentence names the lines to settle first."""
    key = town.open()
    said = town.prr("sign", key, *town.as_person("noor"))
    assert said.code == 3
    assert "unknown" in said.err
    assert "prr attest" in said.err


def test_rung_decision_and_expiry_stand_in_the_record(town: Town, ready: str) -> None:
    """Everything asked for is signed."""
    town.ok("sign", ready, *town.as_person("noor"), "--rung", "10%", "--decision", "reject", "--expires", "2d")
    [record] = records(town, "signoffs")
    statement = SignoffStatement.from_bytes(record.read_bytes())
    assert (statement.rung, str(statement.decision)) == ("10%", "reject")
    assert (statement.expires_at - statement.signed_at).days == 2


def test_a_link_out_of_the_tree_is_refused(town: Town, ready: str, tmp_path: Path) -> None:
    """A record is never written through a link that somebody laid in the monorepo."""
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = town.mono / "prr" / "records" / "deploy" / "slack" / "beta"
    (folder / "signoffs").symlink_to(outside)
    said = town.prr("sign", ready, *town.as_person("noor"))
    assert said.code == 3
    assert list(outside.iterdir()) == []


def test_attest_binds_the_named_lines_only(town: Town) -> None:
    """A line is named by id or number; the record holds each at the digest that was judged."""
    key = town.open()
    lines = [line for line in town.prr("check", "deploy slack", "--json").data["lines"] if line["check"] is None]
    first, second = lines
    town.ok(
        "attest",
        key,
        "--line",
        first["id"],
        "--line",
        second["number"],
        "--statement",
        "Seen.",
        *town.as_person("noor"),
    )
    [record] = records(town, "attestations")
    claims = json.loads(record.read_bytes())["predicate"]["lines"]
    assert {(c["line_id"], c["subject_digest"]) for c in claims} == {(x["id"], x["subject_digest"]) for x in lines}


def test_attest_wants_lines_and_words(town: Town) -> None:
    """Neither a record about nothing nor one that says nothing is made."""
    key = town.open()
    assert "--all-open" in town.prr("attest", key, "--statement", "x", *town.as_person("noor")).err
    said = town.prr("attest", key, "--all-open", "--statement", " ", *town.as_person("noor"))
    assert said.code == 3
    assert "statement" in said.err
    unknown = town.prr("attest", key, "--line", "nope", "--statement", "x", *town.as_person("noor"))
    assert "Unknown line 'nope'" in unknown.err


def test_a_line_of_a_check_alone_is_not_attested(town: Town) -> None:
    """Where the repository decides, a person's word adds nothing."""
    key = town.open("createGrant", "beta")
    line = "operation_has_all_extensions"
    said = town.prr("attest", key, "--line", line, "--statement", "x", *town.as_person("noor"))
    assert said.code == 3
    assert "judged by its check" in said.err


def test_a_line_of_another_kind_is_not_asked(town: Town) -> None:
    """A record about a line that the subject does not have would never count."""
    key = town.open()
    said = town.prr("attest", key, "--line", "M4", "--statement", "x", *town.as_person("noor"))
    assert said.code == 3
    assert "not asked" in said.err


def test_attest_all_open_with_nothing_open_says_so(town: Town, ready: str) -> None:
    """Attesting twice is pointless."""
    said = town.prr("attest", ready, "--all-open", "--statement", "x", *town.as_person("noor"))
    assert said.code == 3
    assert "No line" in said.err


def test_justify_accepts_an_unmet_line(town: Town) -> None:
    """The line stays unmet, is shown as justified, and passes."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Beta\n", ""))
    town.commit()
    key = town.open("createGrant", "beta")
    line = "operation_has_all_extensions"
    town.ok("justify", key, "--line", line, "--reason", "Next week.", "--author", "mara", *town.as_person("noor"))
    said = town.prr("check", "createGrant:beta", "--json")
    [judged] = [row for row in said.data["lines"] if row["id"] == line]
    assert (judged["outcome"], bool(judged["justification"])) == ("unmet", True)
    assert said.data["notes"] == []


@pytest.mark.parametrize(
    ("line", "author", "signer", "words"),
    [
        ("operation_has_all_extensions", "mara", "noor", "nothing to justify"),
        ("handler_is_at_most_50_lines", "mara", "noor", "never covers what is unknown"),
        ("council_quorum_signed", "mara", "noor", "never justified away"),
        ("operation_has_all_extensions", "noor", "noor", "nothing to justify"),
        ("operation_has_all_extensions", "noor", "mara", "may not approve"),
    ],
    ids=["met", "unknown", "agreement", "own", "not in the council"],
)
def test_a_justification_that_would_not_count_is_refused(
    town: Town, line: str, author: str, signer: str, words: str
) -> None:
    """Only unmet lines, only by those who may."""
    key = town.open("createGrant", "beta")
    said = town.prr("justify", key, "--line", line, "--reason", "x", "--author", author, *town.as_person(signer))
    assert said.code == 3
    assert words in said.err


def test_records_go_into_the_tree_that_is_named(town: Town, ready: str, tmp_path: Path) -> None:
    """A person signs in their own clone."""
    from tests.commands.town import git

    git(tmp_path, "clone", "-q", str(town.mono), "mine")
    town.ok("sign", ready, *town.as_person("noor"), "--tree", str(tmp_path / "mine"))
    assert len(list((tmp_path / "mine").rglob("signoffs/*.json"))) == 1
    assert records(town, "signoffs") == []
