"""`prr alerts`, `prr audit verify`, `prr audit log`, `prr doctor`."""

from __future__ import annotations

import sqlite3

from prr_pipeline.control.watching import watch
from tests.commands.town import Town, prr


def test_alerts_lists_what_fires_with_the_promotions_it_counts_for(town: Town) -> None:
    """An alert that nobody booked yet is shown, with its promotion."""
    key = town.open("listGrants", "beta")
    town.alert("slow", operation_id="listGrants")
    [one] = town.ok("alerts", "--json").data["episodes"]
    assert (one["state"], one["severity"], one["promotions"], one["booked"]) == ("firing", "warning", [key], False)
    shown = town.ok("alerts").out
    assert "slow burns" in shown
    assert one["episode"] in shown


def test_alerts_remembers_what_the_ledger_booked(town: Town) -> None:
    """An episode that is over stays in the list; --firing leaves it out."""
    town.open("listGrants", "beta")
    town.alert("slow", operation_id="listGrants")
    watch(town.work())
    town.alert("slow", operation_id="listGrants", status="resolved")
    watch(town.work())
    [one] = town.ok("alerts", "--json").data["episodes"]
    assert (one["state"], one["booked"]) == ("ended", True)
    assert town.ok("alerts", "--firing", "--json").data["episodes"] == []


def test_alerts_of_one_promotion(town: Town) -> None:
    """Only those that count for it; an unknown key is an error."""
    town.open("listGrants", "beta")
    town.open("getTable", "beta")
    town.alert("slow", operation_id="listGrants")
    assert town.ok("alerts", "getTable:beta", "--json").data["episodes"] == []
    assert len(town.ok("alerts", "listGrants:beta", "--json").data["episodes"]) == 1
    assert town.prr("alerts", "nope:beta").code == 3


def test_a_silent_source_is_unknown_not_clear(town: Town) -> None:
    """No sign of life is told."""
    town.open("listGrants", "beta")
    (town.folder / ".prr" / "inbox" / "heartbeat").unlink()
    [source] = town.ok("alerts", "--json").data["sources"]
    assert source["complete"] is False
    assert "unknown" in town.ok("alerts").out


def test_a_sound_ledger_verifies(town: Town) -> None:
    """Exit code 0, with what was read."""
    town.open("listGrants", "beta")
    data = town.ok("audit", "verify", "--json").data
    assert (data["sound"], data["faults"], data["promotions"]) == (True, [], 1)
    assert "sound" in town.ok("audit", "verify").out


def test_a_changed_event_is_found(town: Town) -> None:
    """Exit code 1, and the event is named."""
    town.open("listGrants", "beta")
    database = sqlite3.connect(town.ledger_file)
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("UPDATE events SET actor = 'person:nobody' WHERE seq = 1")
    database.commit()
    database.close()
    said = town.prr("audit", "verify", "--json")
    assert said.code == 1
    assert any("1" in fault for fault in said.data["faults"])
    assert "fault" in town.prr("audit", "verify").out


def test_the_log_holds_every_event_in_order(town: Town) -> None:
    """Whole events with their hashes; filters by stream, type, number and count."""
    key = town.open("listGrants", "beta")
    town.open("getTable", "beta")
    town.ok("hold", key, "--by", "mara", "--reason", "wait")
    everything = town.ok("audit", "log", "--json").data["events"]
    assert [event["seq"] for event in everything] == list(range(1, len(everything) + 1))
    assert everything[1]["previous_hash"] == everything[0]["hash"]
    own = town.ok("audit", "log", key, "--json").data["events"]
    assert [event["type"] for event in own] == ["promotion_opened", "latched"]
    assert [e["type"] for e in town.ok("audit", "log", key, "--limit", "1", "--json").data["events"]] == ["latched"]
    assert [e["type"] for e in town.ok("audit", "log", key, "--after", "1", "--json").data["events"]] == ["latched"]
    assert [e["type"] for e in town.ok("audit", "log", "--type", "latched", "--json").data["events"]] == ["latched"]
    assert "latched" in town.ok("audit", "log", key).out


def test_the_log_of_nobody_is_an_error(town: Town) -> None:
    """A slip in the key is not an empty history, nor is one in the type."""
    town.open("listGrants", "beta")
    assert "listGrants:beta" in town.prr("audit", "log", "nope:beta").err
    assert "promotion_opened" in town.prr("audit", "log", "--type", "nope").err


def test_a_sound_deployment_has_no_fault(town: Town) -> None:
    """Everything is looked at, and nothing is written."""
    town.open("listGrants", "beta")
    said = town.prr("doctor", "--json")
    states = {one["name"]: one["state"] for one in said.data["findings"]}
    assert said.code == 0, said.out
    assert set(states) == {
        "settings", "clock", "repository", "profile", "checklists", "plug-ins", "roster", "ssh-keygen", "flags",
        "ledger", "head", "alerts", "calendars", "oasdiff",
    }  # fmt: skip
    assert "fault" not in states.values()


def test_before_the_first_promotion_the_missing_ledger_is_a_note(town: Town) -> None:
    """A deployment that was just set up is not broken, and looking makes nothing."""
    states = {one["name"]: one["state"] for one in town.ok("doctor", "--json").data["findings"]}
    assert (states["ledger"], states["head"]) == ("note", "note")
    assert not town.ledger_file.exists()


def test_each_fault_is_told_with_the_way_out(town: Town) -> None:
    """Whatever is broken, all the rest is still looked at."""
    town.open("listGrants", "beta")
    (town.folder / "roster" / "people.yaml").write_text("people: []\n")
    (town.folder / ".prr" / "inbox" / "heartbeat").unlink()
    (town.folder / "rota.ics").write_text("no calendar")
    town.flags_file.write_text("{")
    (town.mono / ".git").rename(town.mono / "no-git")
    town.break_ledger("garbage")
    said = town.prr("doctor", "--json")
    assert said.code == 1
    found = {one["name"]: one for one in said.data["findings"]}
    for name in ("roster", "alerts", "calendars", "flags", "repository", "profile", "ledger", "head"):
        assert found[name]["state"] == "fault", name
        assert found[name]["way_out"], name
    assert found["ssh-keygen"]["state"] == "ok"
    assert "Way out" in town.prr("doctor").out


def test_an_own_checklist_that_cannot_be_asked_is_a_fault(town: Town) -> None:
    """Until it is mended nothing can be judged, so the doctor names file, line and fault."""
    (town.folder / "own.yaml").write_text("lines: [{id: our_line}]\n")
    town.settings_file.write_text(town.settings_file.read_text() + '\n[checklist]\nown = ["own.yaml"]\n')
    found = {one["name"]: one for one in town.prr("doctor", "--json").data["findings"]}
    assert found["checklists"]["state"] == "fault"
    assert "own.yaml, line our_line: number: it must be given" in found["checklists"]["finding"]
    assert "checklist.own" in found["checklists"]["way_out"]


def test_a_roster_without_a_quorum_is_a_fault(town: Town) -> None:
    """Nobody could ever agree."""
    town.settings_file.write_text(town.settings_file.read_text().replace("[council]", "[council]\nquorum_total = 9"))
    found = {one["name"]: one for one in town.prr("doctor", "--json").data["findings"]}
    assert found["roster"]["state"] == "fault"
    assert "quorum is 9" in found["roster"]["finding"]


def test_without_settings_the_doctor_says_how_to_begin(town: Town) -> None:
    """The first thing to mend."""
    said = prr("doctor", "--json")
    assert said.code == 1
    assert said.data["findings"][0]["name"] == "settings"
    assert "prr.toml" in said.data["findings"][0]["finding"]


def test_broken_settings_are_told_with_each_fault(town: Town) -> None:
    """One line per fault, in the file's words."""
    town.settings_file.write_text("[repository]\nprofil = 1\n")
    said = town.prr("status")
    assert said.code == 3
    assert "repository.path" in said.err
    assert "repository.profil" in said.err
    assert town.prr("doctor").code == 1
