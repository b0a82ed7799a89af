"""`prr agenda`: the council's agenda as text, Markdown and JSON, with nothing recorded."""

from __future__ import annotations

import pytest

from tests.commands.test_orders import climbed
from tests.commands.town import Town

KEY = "listGrants:beta"


@pytest.fixture
def stopped(town: Town) -> Town:
    """``listGrants:beta`` is held by a person, so it waits for people."""
    climbed(town, exposure="1%")
    town.ok("hold", KEY, "--by", "mara", "--reason", "to look")
    return town


def test_it_says_who_is_called_what_waits_and_what_is_due(stopped: Town) -> None:
    """With the command that goes on, whole; every topic is named, so that somebody looked."""
    said = stopped.prr("agenda")
    out = " ".join(said.out.split())
    assert "Roll call: " in out
    assert "Promotions: 1 of 1 open ones wait for people." in out
    assert f"`prr resume {KEY} --by YOU --reason WHY`" in out
    assert "Drills of the kill switch:" in out
    assert "Flags to remove: nothing is due." in out
    assert said.code == 0


def test_it_is_written_as_data_and_as_markdown(stopped: Town) -> None:
    """Of the same things; a file is written whole, and stdout stays empty."""
    data = stopped.prr("agenda", "--format", "json").data
    assert [one["key"] for one in data["promotions"]] == [KEY]
    assert data["open_promotions"] == 1
    assert {"called", "quorum", "unknown"} == set(data["roll_call"])
    assert "Flags to remove" in [topic["title"] for topic in data["topics"]]
    file = stopped.folder / "agenda.md"
    assert stopped.prr("agenda", "--format", "markdown", "--output", str(file)).out == ""
    assert file.read_text().startswith("# API Council, ")
    assert "listGrants" in file.read_text()
    assert stopped.prr("agenda", "--json").data["promotions"] == data["promotions"]


def test_nothing_is_recorded(stopped: Town) -> None:
    """The ledger is as it was: a look is no meeting."""
    before = stopped.work().ledger.last_seq()
    stopped.prr("agenda")
    assert stopped.work().ledger.last_seq() == before


def test_what_cannot_be_told_ends_with_two(stopped: Town) -> None:
    """Another roster than the pinned one: nobody can be called, and the rest is there."""
    people = stopped.folder / "roster" / "people.yaml"
    people.write_text(people.read_text() + "\n")
    said = stopped.prr("agenda")
    assert said.code == 2
    assert "unknown: The roster digest" in " ".join(said.out.split())
    assert "Promotions:" in said.out
