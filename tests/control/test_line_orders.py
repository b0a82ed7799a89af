"""Stop the line: nothing in the scope rises until it is released, and then only what is judged well."""

from __future__ import annotations

import pytest

from prr_pipeline.control.due import due_list
from prr_pipeline.control.emergency import Scope
from prr_pipeline.control.explain import explain
from prr_pipeline.control.line_orders import Reviewed, release_line, stop_line
from prr_pipeline.control.orders import hold, resume, roll_back
from prr_pipeline.control.status import overview
from prr_pipeline.errors import PrrError, Refused, UnknownName
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.line import scope_data
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import HANDLER, ORDER, WEEK, Scene
from tests.control.test_orders import put_at_shadow

KEY = "createGrant:beta"
ALL, EQUITY, ACCESS = Scope.parse("all"), Scope.parse("team:Equity"), Scope.parse("team:Platform")


def release(scene: Scene, scope: Scope = ALL) -> dict[str, Reviewed]:
    """Release a scope; what was said of each promotion, by key."""
    return {one.key: one for one in release_line(scene.work, scope, ORDER)}


def stopped(scene: Scene, key: str = KEY) -> bool:
    """Whether the gate is closed."""
    [gate] = [gate for gate in explain(scene.work, key).gates if gate.name == "halt"]
    return gate.state is GateState.CLOSED


@pytest.mark.parametrize("scope", ["all", "team:equity", "service:Equity", "depends-on:listGrants", KEY])
def test_a_stopped_promotion_does_not_rise_until_it_is_released(signed: Scene, scope: str) -> None:
    """Whatever the scope; the dwell runs meanwhile, and its run is not even asked for."""
    if scope.startswith("depends-on"):
        signed.open("getCapTable", needs=["listGrants", "createGrant"])
        named, key = Scope.parse(scope), "getCapTable:beta"
        assert stop_line(signed.work, named, ORDER).keys == (key,)
        assert (stopped(signed, key), stopped(signed)) == (True, False)
        return
    signed.rise_to(KEY, "shadow")
    done = stop_line(signed.work, Scope.parse(scope), ORDER)
    assert (done.keys, done.unrecorded) == ((KEY,), "")
    signed.serve()
    assert due_list(signed.work) == []
    climb = signed.climb(KEY, "1%")
    assert (climb.result, "the line is stopped" in climb.why) == ("refused", True)
    assert release(signed, done.scope)[KEY].goes_on
    assert [due.asset for due in due_list(signed.work)] == ["exposure_1pct"]
    assert signed.climb(KEY, "1%").result == "raised"


def test_a_promotion_that_is_opened_later_is_stopped_too(signed: Scene) -> None:
    """The order is about the scope, and not about who was in it."""
    stop_line(signed.work, ALL, ORDER)
    key = signed.open("issueShares", needs=[])
    assert stopped(signed, key)
    assert "the line is stopped for all by person:felix" in explain(signed.work, key).next_step
    assert release(signed)[key] == Reviewed(key, True, "it stands at off, and every gate is before it")
    assert not stopped(signed, key)


def test_a_stop_ends_a_raise_that_was_begun(signed: Scene) -> None:
    """Its intent is there, its flag is not: whoever ordered it died before the raise was withdrawn, and the run gives
    up by itself, since it looks again before it writes."""
    flag = signed.work.flags.read(["createGrant-beta"])["createGrant-beta"]
    intent = {
        "attempt": 1, "flag_version": flag.version, "from": "off", "intent_id": "i", "rung": 0, "to": "shadow",
    }  # fmt: skip
    signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "run:test")])
    payload = {**scope_data(EQUITY), "by": "felix", "lowers": False, "reason": "why"}
    signed.work.ledger.append([Draft("system", EventType.LINE_STOPPED, payload, "felix")])
    assert signed.climb(KEY, "shadow").result == "withdrawn"
    assert (signed.flag(KEY), signed.state(KEY).intent) == (OFF, None)


def test_a_worker_that_looked_before_the_stop_writes_no_intent(signed: Scene) -> None:
    """The ledger itself refuses it, however its worker got that far."""
    intent = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": "i", "rung": 0, "to": "shadow"}
    stop_line(signed.work, ALL, ORDER)
    with pytest.raises(Refused, match="cannot rise: the line is stopped for all"):
        signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "run:test")])


def test_a_stop_holds_back_no_lowering(signed: Scene) -> None:
    """A critical alert brings the flag to off, a person's roll back too."""
    signed.rise_to(KEY, "shadow")
    stop_line(signed.work, ALL, ORDER)
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    assert signed.flag(KEY) == OFF
    assert roll_back(signed.work, [KEY], ORDER)[0].confirmed


def test_of_a_wide_stop_a_part_may_go_on(signed: Scene) -> None:
    """The others stay, and `prr status` says who."""
    other = signed.open("createEntity", needs=[])
    stop_line(signed.work, ALL, ORDER)
    assert set(release(signed, EQUITY)) == {KEY}
    assert (stopped(signed), stopped(signed, other)) == (False, True)
    [words] = overview(signed.work).stops
    assert words.startswith("the line is stopped for all by person:felix since")
    assert words.endswith("but not for team:Equity")


@pytest.mark.parametrize("trouble", ["code", "warning", "silence"])
def test_what_is_not_judged_well_stays_stopped_by_itself(signed: Scene, trouble: str) -> None:
    """Its checklist, its alerts, or that nobody can tell: the others go on, and it takes a release of its own."""
    other = signed.open("createEntity", needs=[])
    signed.rise_to(KEY, "shadow")
    stop_line(signed.work, ALL, ORDER)
    if trouble == "code":
        signed.edit(HANDLER, lambda text: text + "\n// another line, which CI has not covered\n")
        signed.commit()
    elif trouble == "warning":
        signed.alert("Slow", "warning", operation_id="createGrant")
    else:
        (signed.deployment.inbox / "heartbeat").unlink()
    found = release(signed)
    assert (found[KEY].goes_on, found[other].goes_on) == (False, True), found[KEY].why
    assert (stopped(signed), stopped(signed, other)) == (True, False)
    assert "now for createGrant:beta alone" in overview(signed.work).stops[0]
    if trouble == "warning":
        signed.resolve("Slow", "warning", operation_id="createGrant")
        signed.tick()
        assert release(signed, Scope.parse(KEY))[KEY].goes_on
        assert overview(signed.work).stops == ()


def test_a_promotions_own_hold_takes_a_resume_of_its_own(signed: Scene) -> None:
    """The release of the line leaves it, and says how it is lifted; a resume leaves the line."""
    signed.rise_to(KEY, "shadow")
    hold(signed.work, KEY, ORDER)
    stop_line(signed.work, ALL, ORDER)
    resume(signed.work, KEY, ORDER)
    with pytest.raises(Refused, match=r"not held.*Release it with: prr resume --scope createGrant:beta"):
        resume(signed.work, KEY, ORDER)
    hold(signed.work, KEY, ORDER)
    assert release(signed)[KEY] == Reviewed(
        KEY, False, f"held (to see what happens): `prr resume {KEY} --by YOU --reason WHY`"
    )
    assert not stopped(signed)
    assert signed.climb(KEY, "1%").result == "refused"


def test_with_lower_the_flags_go_down_as_well_and_what_is_off_keeps_its_attempt(signed: Scene) -> None:
    """One order; nothing rises after it."""
    idle = signed.open("createEntity", needs=[])
    signed.rise_to(KEY, "shadow")
    told: list[str] = []
    done = stop_line(signed.work, ALL, ORDER, lower=True, announce=told.extend)
    assert [(one.key, one.shown, one.confirmed, one.spared) for one in done.halted] == [
        (KEY, "off", True, False),
        (idle, "off", True, True),
    ]
    assert told == ["createGrant:beta (shadow)"]
    assert signed.flag(KEY) == OFF
    latch = signed.state(KEY).latch
    assert latch is not None
    assert latch.cause == "rolled back by person:felix: the line is stopped: to see what happens"
    assert signed.state(idle).latch is None
    assert stopped(signed, idle)


def test_nothing_is_released_where_nothing_is_stopped(signed: Scene) -> None:
    """The sentence says what is stopped."""
    with pytest.raises(Refused, match="not stopped for all; nothing is"):
        release(signed)
    stop_line(signed.work, ACCESS, ORDER)
    with pytest.raises(Refused, match="not stopped for team:Equity; the line is stopped for team:Platform"):
        release(signed, EQUITY)
    assert release(signed, ACCESS) == {}
    assert overview(signed.work).stops == ()


@pytest.mark.parametrize(
    ("scope", "valid"),
    [
        ("team:Equty", "Entity lifecycle, Equity"),
        ("service:identty", "Equity"),
        ("depends-on:nothing", "Valid: listGrants"),
        ("nobody:ga", "Valid: createGrant:beta, getCapTable:beta"),
    ],
)
def test_a_name_that_nobody_knows_lists_the_valid_ones(signed: Scene, scope: str, valid: str) -> None:
    """Neither stopped nor released, and nothing is written."""
    signed.open("getCapTable", needs=["listGrants"])
    before = signed.work.ledger.last_seq()
    for order in (stop_line, release_line):
        with pytest.raises(UnknownName, match=valid):
            order(signed.work, Scope.parse(scope), ORDER)
    with pytest.raises(UnknownName, match=valid):
        stop_line(signed.work, Scope.parse(scope), ORDER, lower=True)
    assert signed.work.ledger.last_seq() == before


def test_a_stop_is_told_until_it_is_over(signed: Scene) -> None:
    """By a notice; the head is signed over each order, and the record stays sound."""
    stop_line(signed.work, ALL, ORDER)
    assert signed.notices()["line/all"] == "The line is stopped for all"
    seq = signed.work.ledger.last_seq()
    assert verify(signed.work.ledger).head_seq == seq
    release(signed)
    assert "line/all" not in signed.notices()
    assert verify(signed.work.ledger).is_sound


def test_without_the_ledger_a_stop_is_an_error_and_a_lowering_is_not(signed: Scene) -> None:
    """The flags go down by the index; that the stop is not recorded is said."""
    signed.rise_to(KEY, "shadow")
    signed.work.ledger.close()
    database = signed.deployment.folder / ".prr" / "ledger.sqlite"
    aside = database.rename(database.with_name("aside"))
    database.mkdir()
    scene = Scene.at(signed.deployment.folder)
    with pytest.raises(PrrError):
        stop_line(scene.work, EQUITY, ORDER)
    done = stop_line(scene.work, EQUITY, ORDER, lower=True)
    assert "the stop itself" in done.unrecorded
    assert [(one.key, one.shown) for one in done.halted] == [(KEY, "off")]
    database.rmdir()
    aside.rename(database)
    assert scene.work.flags.read(["createGrant-beta"])["createGrant-beta"].exposure == OFF


def test_what_waits_for_its_turn_goes_on(empty: Scene) -> None:
    """A dependant below its dependency is healthy: it rises when that has."""
    keys = [empty.open("issueShares", needs=[]), empty.open("createGrant", needs=["issueShares"])]
    for key in keys:
        empty.agree(key)
    empty.rise_to(keys[0], "shadow")
    put_at_shadow(empty, keys[1])
    stop_line(empty.work, ALL, ORDER)
    empty.serve(WEEK)
    found = release(empty)
    assert found[keys[0]] == Reviewed(keys[0], True, "its next rung is due")
    assert (found[keys[1]].goes_on, "dependencies" in found[keys[1]].why) == (True, True), found[keys[1]].why


def test_at_the_top_no_rung_is_named(full: Scene) -> None:
    """Nothing is above 100%: the stage that comes next is."""
    stop_line(full.work, ALL, ORDER)
    found = release(full)["createGrant:ga"]
    assert found.goes_on
    assert "rung" not in found.why
    assert found.why == "it stands at 100%; next: record ga"
