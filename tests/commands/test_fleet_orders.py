"""Orders about many: `prr rollback` by scope, `prr hold` and `prr resume --scope`, `prr drill`."""

from __future__ import annotations

import pytest

from tests.commands.test_orders import BY, climbed
from tests.commands.town import Town


@pytest.fixture
def fleet(town: Town) -> Town:
    """At 1%: two of Equity, one of Billing that an operation of Equity depends on."""
    climbed(town, "getTable")
    climbed(town, "listGrants", "1%", "--depends-on", "getTable")
    town.open("service ledger", "beta")
    return town


def shown(town: Town) -> dict[str, str]:
    """What the flags of the two that climbed show."""
    return {name: town.shown(f"{name}-beta") for name in ("getTable", "listGrants")}


@pytest.mark.parametrize(
    ("scope", "low"),
    [
        (("--all",), {"getTable", "listGrants"}),
        (("--team", "equity"), {"listGrants"}),
        (("--team", "Billing"), {"getTable", "listGrants"}),
        (("--service", "Equity"), {"listGrants"}),
        (("--depends-on", "getTable"), {"listGrants"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("ledger", ["there", "garbage"])
def test_a_scope_goes_down_with_its_dependants_and_is_listed_first(
    fleet: Town, scope: tuple[str, ...], low: set[str], ledger: str
) -> None:
    """By one order, with the ledger or without; the rest stays."""
    if ledger != "there":
        fleet.break_ledger(ledger)
    said = fleet.ok("rollback", *scope, *BY)
    assert {name for name, exposure in shown(fleet).items() if exposure == "off"} == low
    listed = said.out.splitlines()[0]
    assert listed.startswith("Lowering ")
    assert {name for name in ("getTable", "listGrants") if f"{name}:beta" in listed} == low
    assert ("Not recorded" in said.err) == (ledger != "there")


@pytest.mark.parametrize("ledger", ["there", "gone"])
@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (("--team", "Equty"), "Unknown team 'Equty'. Valid: "),
        (("--service", "Equty"), "Unknown service 'Equty'. Valid: "),
        (("--depends-on", "getTabel"), "Unknown subject that a promotion depends on 'getTabel'. Valid: getTable"),
        (("--depends-on", "robot r2"), "Unknown subject kind 'robot'"),
        (("--team", "Equity", "--all"), "One order has one scope"),
        (("--team", "Equity", "listGrants:beta"), "one of the two"),
        (("--team", " "), "names nothing"),
    ],
)
def test_a_slip_in_a_scope_lists_the_valid_names_and_moves_nothing(
    fleet: Town, scope: tuple[str, ...], words: str, ledger: str
) -> None:
    """Nobody is lowered by a guess, and nobody in the night looks names up."""
    if ledger != "there":
        fleet.break_ledger("folder")
    said = fleet.prr("rollback", *scope, *BY)
    assert (said.code, words in said.err) == (3, True), said.err
    assert set(shown(fleet).values()) == {"1%"}


@pytest.mark.parametrize("verb", ["rollback", "hold"])
def test_an_order_about_many_needs_a_reason_too(fleet: Town, verb: str) -> None:
    """An empty one is refused, and nothing moves."""
    said = fleet.prr(verb, "--all", "--by", "mara", "--reason", " ")
    assert (said.code, "reason" in said.err) == (3, True)
    assert set(shown(fleet).values()) == {"1%"}
    assert fleet.ok("status", "--json").data["stops"] == []


def test_flags_that_cannot_be_written_fail_an_order_about_many(fleet: Town) -> None:
    """Success is claimed only after a read-back of every one."""
    fleet.flags_file.unlink()
    fleet.flags_file.mkdir()
    (fleet.flags_file / "x").write_text("x")
    said = fleet.prr("rollback", "--all", *BY)
    assert (said.code, "Not every flag" in said.err) == (1, True)


def test_the_line_is_stopped_and_released(fleet: Town) -> None:
    """Said by status and show; of a wide stop a part may go on, judged afresh."""
    said = fleet.ok("hold", "--all", *BY)
    assert "The line is stopped for all: getTable:beta, listGrants:beta, service:ledger:beta" in said.out
    assert "prr resume --scope 'all' --by YOU --reason WHY" in said.out
    data = fleet.ok("status", "--json").data
    assert [words.startswith("the line is stopped for all by mara since") for words in data["stops"]] == [True]
    assert fleet.ok("status").out.startswith("The line is stopped for all by mara")
    gates = {gate["name"]: gate["state"] for gate in fleet.ok("show", "listGrants:beta", "--json").data["gates"]}
    assert gates["halt"] == "closed"
    assert "prr resume --scope listGrants:beta" in fleet.prr("resume", "listGrants:beta", *BY).err
    said = fleet.ok("resume", "--scope", "service:ledger", *BY)
    assert "1 of 1 stopped promotions go on" in said.out
    said = fleet.ok("resume", "--scope", "all", *BY)
    assert "0 of 2 stopped promotions go on" in said.out
    assert "readiness" in said.out
    [words] = fleet.ok("status", "--json").data["stops"]
    assert words.endswith("now for getTable:beta, listGrants:beta alone")


def test_a_stop_may_lower_too(fleet: Town) -> None:
    """One order: the line, then the flags."""
    said = fleet.ok("hold", "--team", "Equity", "--lower", *BY)
    assert shown(fleet) == {"getTable": "1%", "listGrants": "off"}
    assert "The line is stopped for team:Equity" in said.out
    assert "Lowering 1: listGrants:beta (1%)" in said.out


def test_a_stop_that_lowers_works_without_the_ledger_and_says_what_is_lost(fleet: Town) -> None:
    """The flags are down; that nothing stops the next climb is an exit code of its own."""
    fleet.break_ledger("garbage")
    assert fleet.prr("hold", "--all", *BY).code == 3
    assert set(shown(fleet).values()) == {"1%"}
    said = fleet.prr("hold", "--all", "--lower", *BY)
    assert said.code == 1
    assert "Not recorded: the stop itself" in said.err
    assert set(shown(fleet).values()) == {"off"}


def test_a_fault_of_the_settings_elsewhere_stops_no_stop_that_lowers(fleet: Town) -> None:
    """As with a roll back; a stop alone permits nothing to be wrong."""
    sound = fleet.settings_file.read_text()
    fleet.settings_file.write_text(sound + "[policy]\nwatch_days = 3\n")
    assert fleet.prr("hold", "--all", *BY).code == 3
    said = fleet.ok("hold", "--all", "--lower", *BY)
    assert "A lowering goes on without what is at fault" in said.err
    fleet.settings_file.write_text(sound)
    assert set(shown(fleet).values()) == {"off"}
    assert len(fleet.ok("status", "--json").data["stops"]) == 1


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (("hold",), "Name one promotion, or give --all"),
        (("hold", "getTable:beta", "--all"), "one of the two"),
        (("hold", "getTable:beta", "--lower"), "`prr rollback getTable:beta`"),
        (("resume",), "or give --scope"),
        (("resume", "getTable:beta", "--scope", "all"), "one of the two"),
        (("resume", "--scope", "everything"), "Unknown scope 'everything'. Valid: "),
        (("resume", "--scope", "all"), "The line is not stopped for all; nothing is"),
        (("resume", "--scope", "nobody:ga"), "Unknown promotion 'nobody:ga'. Valid: getTable:beta"),
    ],
)
def test_an_order_without_one_clear_scope_is_refused(fleet: Town, order: tuple[str, ...], words: str) -> None:
    """With the way out in the sentence."""
    said = fleet.prr(*order, *BY)
    assert (said.code, words in said.err) == (3, True), said.err


def test_a_drill_says_how_long_it_took(fleet: Town) -> None:
    """For every service with an open promotion, or those that are named."""
    assert "prr-drill-equity" in fleet.ok("drill", *BY).out
    data = fleet.ok("drill", "--service", "Billing", *BY, "--json").data
    assert [(one["service"], one["flag_key"]) for one in data["drills"]] == [("billing", "prr-drill-billing")]
    assert data["drills"][0]["milliseconds"] >= 0
    said = fleet.prr("drill", "--service", "Biling", *BY)
    assert (said.code, "Valid: billing, equity, ledger" in said.err) == (3, True)
    events = fleet.ok("audit", "log", "system", "--type", "rollback_drilled", "--json").data["events"]
    assert len(events) == 4
