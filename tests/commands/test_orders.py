"""`prr advance`, `prr hold`, `prr resume`, `prr rollback`."""

from __future__ import annotations

import json

import pytest

from prr_pipeline.control.council import convene
from prr_pipeline.ledger.events import Draft, EventType
from tests.commands.town import Town, git

BY = ("--by", "mara", "--reason", "because")


def climbed(town: Town, subject: str = "listGrants", exposure: str = "1%", *more: str) -> str:
    """An open promotion that stands at a rung, in the ledger and at the flag."""
    key = town.open(subject, "beta", *more)
    work = town.work()
    rung = work.state(key).ladder.index_of(exposure)
    for index in range(rung + 1):
        to = str(work.state(key).ladder.exposure(index))
        intent = {
            "attempt": 1, "flag_version": 0, "from": "off", "intent_id": f"{key}/{index}", "rung": index, "to": to,
        }  # fmt: skip
        settled = {"flag_version": 1, "intent_id": f"{key}/{index}", "rung": index, "to": to}
        work.ledger.append([Draft(key, EventType.INTENT_WRITTEN, intent, "test")])
        work.ledger.append([Draft(key, EventType.INTENT_SETTLED, settled, "test")])
    town.raise_flag(work.state(key).flag_key, exposure)
    return key


@pytest.mark.parametrize("verb", ["advance", "hold", "resume", "rollback"])
@pytest.mark.parametrize(
    ("options", "words"),
    [(("--by", "mara", "--reason", "  "), "reason"), (("--by", " ", "--reason", "x"), "name")],
    ids=["no reason", "no name"],
)
def test_an_order_without_a_name_or_a_reason_is_refused(
    town: Town, verb: str, options: tuple[str, ...], words: str
) -> None:
    """An order says who and why, or is none."""
    key = climbed(town)
    said = town.prr(verb, key, *options)
    assert said.code == 3
    assert words in said.err
    assert town.shown("listGrants-beta") == "1%"


def test_advance_is_a_request_that_skips_no_gate(town: Town) -> None:
    """The ledger holds the wish; nothing rises."""
    key = town.open("listGrants", "beta")
    said = town.ok("advance", key, *BY)
    assert "Recorded" in said.out
    assert town.work().state(key).exposure.name == "off"
    [event] = town.ok("audit", "log", key, "--type", "advance_requested", "--json").data["events"]
    assert event["payload"]["reason"] == "because"


def test_hold_and_resume(town: Town) -> None:
    """A person's hold stands until a person resumes."""
    key = climbed(town)
    assert "held at 1%" in town.ok("hold", key, *BY).out
    assert town.ok("show", key, "--json").data["latch"]["kind"] == "held"
    assert "held already" in town.prr("hold", key, *BY).err
    assert "goes on from 1%" in town.ok("resume", key, *BY).out
    assert "nothing to resume" in town.prr("resume", key, *BY).err


def test_rollback_brings_the_flag_to_off_and_records_it(town: Town) -> None:
    """Exit code 0 only after the flag was read back."""
    key = climbed(town)
    said = town.ok("rollback", key, *BY)
    assert town.shown("listGrants-beta") == "off"
    assert "Not recorded" not in said.err
    state = town.work().state(key)
    assert (state.exposure.name, str(state.latch.kind if state.latch else "")) == ("off", "rolled_back")


def test_rollback_takes_dependants_with_it(town: Town) -> None:
    """What needs it goes down too."""
    climbed(town, "getTable")
    climbed(town, "listGrants", "1%", "--depends-on", "getTable")
    said = town.ok("rollback", "getTable:beta", *BY)
    assert "listGrants:beta" in said.out
    assert town.shown("listGrants-beta") == town.shown("getTable-beta") == "off"


def test_rollback_of_several_and_of_all(town: Town) -> None:
    """One order, one flag write."""
    climbed(town, "getTable")
    climbed(town, "listGrants")
    town.ok("rollback", "--all", *BY)
    assert town.shown("listGrants-beta") == town.shown("getTable-beta") == "off"


def test_step_down_goes_to_the_last_good_rung(town: Town) -> None:
    """From 10% to 1%, not to off."""
    key = climbed(town, exposure="10%")
    town.ok("rollback", key, "--step-down", *BY)
    assert town.shown("listGrants-beta") == "1%"
    assert "goes with neither" in town.prr("rollback", "--all", "--step-down", *BY).err


def test_an_unknown_key_stops_no_other(town: Town) -> None:
    """In an emergency what is known goes down, and the slip is told."""
    key = climbed(town)
    said = town.prr("rollback", "nope:ga", key, *BY)
    assert said.code == 3
    assert "'nope:ga'" in said.err
    assert town.shown("listGrants-beta") == "off"


def test_something_must_be_named(town: Town) -> None:
    """Neither nothing nor everything by accident."""
    key = climbed(town)
    assert "--all" in town.prr("rollback", *BY).err
    assert "one of the two" in town.prr("rollback", key, "--all", *BY).err
    assert town.shown("listGrants-beta") == "1%"


@pytest.mark.parametrize("damage", ["garbage", "gone", "folder"])
def test_rollback_works_without_the_ledger_and_says_so(town: Town, damage: str) -> None:
    """The flag index beside the ledger is enough."""
    key = climbed(town, "listGrants", "1%", "--flag-key", "some-flag")
    town.break_ledger(damage)
    said = town.prr("rollback", key, *BY)
    assert said.code == 0, said.err
    assert town.shown("some-flag") == "off"
    assert "Not recorded for listGrants:beta" in said.err


def test_rollback_without_the_ledger_takes_dependants_too(town: Town) -> None:
    """The index knows who needs whom."""
    climbed(town, "getTable")
    climbed(town, "listGrants", "1%", "--depends-on", "getTable")
    town.break_ledger("garbage")
    town.ok("rollback", "getTable:beta", *BY)
    assert town.shown("listGrants-beta") == "off"


def test_rollback_of_all_without_the_ledger(town: Town) -> None:
    """Everything that the index lists goes down."""
    climbed(town, "getTable")
    climbed(town, "listGrants")
    town.break_ledger("garbage")
    town.ok("rollback", "--all", *BY)
    assert town.shown("listGrants-beta") == town.shown("getTable-beta") == "off"


def test_rollback_by_flag_key_needs_neither_ledger_nor_index(town: Town) -> None:
    """The last resort: name the flag."""
    climbed(town)
    town.break_ledger("garbage")
    (town.folder / ".prr" / "flag-index.json").write_text("{broken")
    assert "--flag-key" in town.prr("rollback", "--all", *BY).err
    town.ok("rollback", "--flag-key", "listGrants-beta", *BY)
    assert town.shown("listGrants-beta") == "off"


def test_a_flag_key_finds_its_promotion_while_the_ledger_answers(town: Town) -> None:
    """Then the lowering is recorded like any other; a flag of no promotion is lowered too."""
    climbed(town)
    town.raise_flag("stray", "10%")
    said = town.ok("rollback", "--flag-key", "listGrants-beta", "--flag-key", "stray", *BY)
    assert town.shown("listGrants-beta") == town.shown("stray") == "off"
    assert town.work().state("listGrants:beta").latch is not None
    assert "Not recorded for stray" in said.err
    assert "Not recorded for listGrants" not in said.err


def test_rollback_works_with_a_broken_clock_and_roster_and_monorepo(town: Town) -> None:
    """Nothing but the settings and the flags is needed."""
    key = climbed(town)
    town.clock.path.write_text("{")
    (town.folder / "roster" / "people.yaml").write_text("{")
    (town.mono / ".git").rename(town.mono / "no-git")
    assert town.prr("rollback", key, *BY).code == 0
    assert town.shown("listGrants-beta") == "off"


@pytest.mark.parametrize(
    "fault",
    [
        "[policy]\nwatch_days = 3\n",
        '[policy]\ngap_cap = "soon"\n[alerts]\nsources = 5\n',
        '[polcy]\nwatch = "7d"\n',
        "[notify]\nfile = \n",
        "[policy]\nwatch = 7d\n",
        "[policy\n",
    ],
    ids=["key", "values", "section", "no value", "no toml", "no header"],
)
@pytest.mark.parametrize("named", [("listGrants:beta",), ("--flag-key", "listGrants-beta"), ("--all",)])
def test_a_fault_elsewhere_in_the_settings_stops_no_rollback(town: Town, fault: str, named: tuple[str, ...]) -> None:
    """It is told on stderr, and what tells where the flags are is enough."""
    climbed(town)
    sound = town.settings_file.read_text()
    flags = '[flags]\noptions = { path = ".prr/flags.json" }\n'
    town.settings_file.write_text(f"{sound}{flags}{fault}")
    said = town.prr("rollback", *named, *BY)
    assert said.code == 0, said.err
    assert str(town.settings_file) in said.err
    assert "A rollback goes on without what is at fault" in said.err
    town.settings_file.write_text(sound)
    assert town.shown("listGrants-beta") == "off"


def test_a_rollback_past_a_fault_of_the_policy_is_recorded(town: Town) -> None:
    """The ledger is known, so it takes the order; every repository, council and calendar may be at fault."""
    key = climbed(town)
    sound = town.settings_file.read_text()
    town.settings_file.write_text(sound.replace("[council]", "[council]\nvotes = 3") + "[policy]\nwatch_days = 3\n")
    said = town.prr("rollback", key, *BY)
    assert "Not recorded" not in said.err
    assert "council.votes" in said.err
    assert "policy.watch_days" in said.err
    town.settings_file.write_text(sound)
    assert town.work().state(key).latch is not None


@pytest.mark.parametrize("section", ["ledger", "clock"])
def test_where_the_settings_do_not_tell_the_ledger_the_flags_are_lowered_alone(town: Town, section: str) -> None:
    """Never into another ledger, nor with another clock's time."""
    key = climbed(town)
    events = town.work().ledger.last_seq()
    sound = town.settings_file.read_text()
    fault = "[ledger]\nurl = 5\n" if section == "ledger" else ""
    town.settings_file.write_text((sound if fault else sound.replace('kind = "file"', 'kind = "flie"')) + fault)
    said = town.prr("rollback", key, *BY)
    assert said.code == 0, said.err
    assert f"Not recorded for {key}" in said.err
    town.settings_file.write_text(sound)
    assert town.shown("listGrants-beta") == "off"
    assert town.work().ledger.last_seq() == events


@pytest.mark.parametrize(
    "fault",
    [
        '[flags]\nback_end = "flagd_file"\n',
        '[flgs]\nbackend = "flagd_file"\noptions = { path = "elsewhere.json" }\n',
        '[flags]\nbackend = "flagd_file"\n[flgs.options]\npath = "elsewhere.json"\n',
        '[flags.options\npath = "elsewhere.json"\n',
        '[flags]\nbackend = "flagd_file"\n[flags.options]\npath = elsewhere.json\n',
    ],
    ids=["key", "name", "name of the options", "header", "value"],
)
def test_where_the_settings_do_not_tell_the_flags_nothing_is_claimed(town: Town, fault: str) -> None:
    """L2: another flags file that shows off would be a false success."""
    key = climbed(town)
    sound = town.settings_file.read_text()
    town.settings_file.write_text(sound + fault)
    said = town.prr("rollback", key, "--flag-key", "listGrants-beta", *BY)
    assert said.code == 3
    assert "does not tell where the flags are" in said.err
    town.settings_file.write_text(sound)
    assert town.shown("listGrants-beta") == "1%"


def test_a_fault_in_the_settings_stops_every_order_but_a_rollback(town: Town) -> None:
    """What could permit something needs settings that are sound."""
    key = climbed(town)
    town.settings_file.write_text(town.settings_file.read_text() + "[policy]\nwatch_days = 3\n")
    for verb in ("advance", "hold", "resume"):
        assert town.prr(verb, key, *BY).code == 3


@pytest.mark.parametrize("index", ["[]", "5", "null"])
def test_an_index_of_another_shape_stops_no_rollback(town: Town, index: str) -> None:
    """With the ledger gone as well, the default name of the flag is left."""
    key = climbed(town)
    town.break_ledger("garbage")
    (town.folder / ".prr" / "flag-index.json").write_text(index)
    said = town.prr("rollback", key, *BY)
    assert said.code == 0, said.err
    assert town.shown("listGrants-beta") == "off"


def test_step_down_without_the_ledger_says_to_roll_back(town: Town) -> None:
    """Only the ledger knows the last good rung; off is always right."""
    key = climbed(town, exposure="10%")
    town.break_ledger("garbage")
    said = town.prr("rollback", key, "--step-down", *BY)
    assert said.code == 3
    assert "leave out --step-down" in said.err
    assert town.shown("listGrants-beta") == "10%"


def test_flags_that_cannot_be_written_exit_1(town: Town) -> None:
    """Success is claimed only after a read-back."""
    key = climbed(town)
    town.flags_file.unlink()
    town.flags_file.mkdir()
    (town.flags_file / "x").write_text("x")
    said = town.prr("rollback", key, *BY)
    assert said.code == 1
    assert "Not every flag" in said.err


def test_resume_after_a_rollback_needs_the_new_sign_off_and_takes_it_in(town: Town) -> None:
    """Attempt 2 starts once its set is signed and committed, without waiting for a sensor."""
    key = town.open()
    town.attest_all(key)
    for person in ("noor", "jonas", "felix"):
        town.ok("sign", key, *town.as_person(person))
    town.commit("sign")
    assert convene(town.work(), key, "test").agreement.gate.is_open
    town.ok("rollback", key, *BY)
    refused = town.prr("resume", key, *BY)
    assert refused.code == 3
    assert f"prr sign {key} --attempt 2" in refused.err
    for person in ("noor", "felix"):
        town.ok("sign", key, *town.as_person(person))
    git(town.mono, "add", "-A")
    git(town.mono, "commit", "-q", "-m", "sign again")
    said = town.ok("resume", key, *BY)
    assert "attempt 2" in said.out
    assert json.loads(town.ok("show", key, "--json").out)["attempt"] == 2
