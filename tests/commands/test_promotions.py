"""`prr open`, `prr status`, `prr show`, `prr document`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.town import Town, prr


def test_open_writes_the_promotion_and_makes_its_flag_at_off(town: Town) -> None:
    """After `prr open` applications find a flag that is off."""
    said = town.ok(
        "open", "listGrants", "--target", "beta", "--by", "mara", "--flag-key", "list-it", "--author", "noor"
    )
    assert "listGrants:beta is open" in said.out
    assert town.shown("list-it") == "off"
    shown = town.ok("show", "listGrants:beta", "--json").data
    assert (shown["flag_key"], shown["author"], shown["context"]) == ("list-it", "noor", "Equity")


def test_open_takes_dependencies_from_the_context_map_or_the_options(town: Town) -> None:
    """What is given wins over what is declared."""
    town.open("createGrant", "beta")
    town.open("listGrants", "beta", "--depends-on", "service ledger", "--depends-on", "createGrant")
    assert town.ok("show", "createGrant:beta", "--json").data["dependencies"] == ["service ledger"]
    assert town.ok("show", "listGrants:beta", "--json").data["dependencies"] == [
        "operation createGrant",
        "service ledger",
    ]


def test_ga_without_a_recorded_beta_is_refused_with_the_way_out(town: Town) -> None:
    """Nobody skips Beta."""
    said = town.prr("open", "createGrant", "--target", "ga", "--by", "mara")
    assert said.code == 3
    assert "prr adopt" in said.err


def test_a_subject_without_a_context_is_refused(town: Town) -> None:
    """Somebody must own it."""
    said = town.prr("open", "deploy slack", "--target", "beta", "--by", "mara")
    assert said.code == 3
    assert "--context" in said.err


def test_status_without_a_ledger_says_how_to_begin(town: Town) -> None:
    """Before the first promotion there is nothing to show, and nothing is made by looking."""
    said = town.prr("status")
    assert said.code == 3
    assert "prr open" in said.err
    assert not town.ledger_file.exists()


def test_status_lists_every_open_promotion(town: Town) -> None:
    """Key, exposure, status, attempt and the next step of each."""
    town.open("listGrants", "beta")
    town.open()
    data = town.ok("status", "--json").data
    assert [one["key"] for one in data["promotions"]] == ["deploy:slack:beta", "listGrants:beta"]
    assert {one["status"] for one in data["promotions"]} == {"in review"}
    assert data["clock"] == {"factor": 1, "now": "2026-03-04T12:00:00.000000Z"}
    out = town.ok("status").out
    assert "listGrants:beta" in out
    assert "rise to shadow" in out


@pytest.mark.parametrize("columns", ["80", "120"])
def test_status_fits_the_terminal(town: Town, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """A line of columns for each promotion and at most two for its next step; the document holds the whole step."""
    keys = [town.open(name, "beta") for name in ("listGrants", "getTable", "deploy slack", "service ledger")]
    monkeypatch.setenv("COLUMNS", columns)
    lines = town.ok("status").out.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["promotion", *sorted(keys)]
    assert len(lines) <= 1 + 3 * len(keys)
    assert f"; prr show {keys[0]}" in " ".join(" ".join(lines).split())
    steps = [one["next_step"] for one in town.ok("status", "--json").data["promotions"]]
    assert all("signoff (" in step and "readiness (" in step for step in steps)


def test_status_shows_open_notices(town: Town) -> None:
    """What a person must know stands where they look."""
    key = town.open("listGrants", "beta")
    town.work().ledger.outbox.put("x", "page", "Something broke", "It did\x1b[31m.", key)
    assert "Something broke: It did[31m." in town.ok("status").out
    assert town.ok("status", "--json").data["notices"][0]["title"] == "Something broke"
    assert "Something broke" in town.ok("show", key).out


def test_a_flag_that_shows_something_else_is_told_apart(town: Town) -> None:
    """The screen shows what users get beside what the ledger holds."""
    key = town.open("listGrants", "beta")
    town.raise_flag("listGrants-beta", "10%")
    one = town.ok("show", key, "--json").data
    assert (one["exposure"], one["flag"]) == ("off", "10%")
    assert "10% (listGrants-beta)" in town.ok("show", key).out


def test_show_explains_gates_and_history(town: Town) -> None:
    """The gate table, who signed, and what happened so far."""
    key = town.open("listGrants", "beta")
    out = town.ok("show", key).out
    for words in ("Gates", "readiness", "signoff", "Nobody has signed yet", "History", "flag shows"):
        assert words in out
    assert f"-> the missing people sign: `prr sign {key} --person YOU --key FILE`" in " ".join(out.split())
    data = town.ok("show", key, "--json").data
    ways = {gate["name"]: gate["way_out"] for gate in data["gates"]}
    sign = f"the missing people sign: `prr sign {key} --person YOU --key FILE`"
    assert (ways["signoff"], ways["freeze"]) == (sign, None)
    assert data["story"]["steps"] == [{"at": "2026-03-04T12:00:00.000000Z", "exposure": "off"}]
    assert {gate["name"] for gate in data["gates"]} >= {"readiness", "signoff", "dwell", "alerts", "freeze", "window"}


def test_show_writes_a_page_with_a_plot(town: Town, tmp_path: Path) -> None:
    """One HTML file that stands alone, beside what the terminal says."""
    key = town.open("listGrants", "beta")
    page = tmp_path / "page.html"
    assert "Gates" in town.ok("show", key, "--output", str(page)).out
    text = page.read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "<svg" in text
    assert f"<h1>{key}</h1>" in text
    said = town.prr("show", key, "--output", str(tmp_path / "nowhere" / "page.html"))
    assert (said.code, "cannot be written" in said.err) == (3, True)


def test_an_unknown_promotion_lists_the_open_ones(town: Town) -> None:
    """A wrong key is answered with the right ones."""
    town.open("listGrants", "beta")
    said = town.prr("show", "createGrant:ga")
    assert said.code == 3
    assert "listGrants:beta" in said.err


def test_without_settings_the_way_out_is_said(town: Town) -> None:
    """Verbs of a deployment need one."""
    said = prr("status")
    assert said.code == 3
    assert "--settings" in said.err


def test_document_prints_the_markdown(town: Town) -> None:
    """The document of a subject that is not promoted is that of the working tree."""
    said = town.ok("document", "createGrant", "--target", "ga")
    assert "## GA" in said.out
    data = town.ok("document", "createGrant", "--target", "ga", "--json").data
    assert (data["path"], data["state"], data["written"]) == ("prr/createGrant.md", "missing", None)
    assert not (town.mono / "prr").exists()


def test_document_needs_a_target_when_no_promotion_tells_it(town: Town) -> None:
    """Beta or GA is never guessed."""
    assert "--target" in town.prr("document", "createGrant").err


def test_document_writes_into_the_tree_and_keeps_what_people_wrote(town: Town) -> None:
    """Writing twice changes nothing, and a person's own words stay."""
    key = town.open("listGrants", "beta")
    town.ok("document", key, "--write")
    file = town.mono / "prr" / "listGrants.md"
    file.write_text(file.read_text() + "\nOur own words.\n")
    town.commit()
    before = file.read_bytes()
    said = town.ok("document", key, "--write")
    assert "Commit it" in said.out
    assert file.read_bytes() == before
    assert town.ok("document", key, "--json").data["state"] == "filed"


def test_a_time_lapse_is_said_on_every_screen(town: Town) -> None:
    """Nobody takes a demonstration for the real thing."""
    from prr_pipeline.clock import LapsedClock

    town.open("listGrants", "beta")
    LapsedClock.start(town.folder / "lapsed.json", town.clock.now(), 10_080)
    text = (
        town.settings_file.read_text().replace('kind = "file"', 'kind = "lapsed"').replace("clock.json", "lapsed.json")
    )
    town.settings_file.write_text(text)
    for verb in (("status",), ("show", "listGrants:beta"), ("alerts",), ("check", "createGrant"), ("audit", "verify")):
        assert town.prr(*verb).out.startswith("time-lapse 10080 x\n"), verb
    assert town.ok("status", "--json").data["clock"]["factor"] == 10_080
