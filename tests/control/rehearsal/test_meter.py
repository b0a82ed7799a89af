"""Recorded metrics in a rehearsal: judged by production's own rounds and gates."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from prr_pipeline.control.rehearsal.metric_script import MetricScript, read_metric_script
from prr_pipeline.control.rehearsal.run import Script, rehearse
from prr_pipeline.control.rehearsal.told import Rehearsal
from prr_pipeline.errors import PrrError
from prr_pipeline.settings import Settings
from tests.control.rehearsal.scripts import DAY, START, policy, rows, told

HOUR = timedelta(hours=1)
BOTH = ("errors", "slow")


def short(**sections: object) -> Settings:
    """A day a rung, judged by metrics that may be three hours old."""
    rungs = [{"exposure": name, "dwell": "1d"} for name in ("shadow", "1%", "10%", "50%")]
    return policy(
        ladder={"rungs": [*rungs, {"exposure": "100%", "dwell": "0s"}]},
        metrics={"canary": {"max_age": "3h"}},
        **{"policy": {"required_gates": ["canary"], "watch": "1d", "feedback_after": "2d"}, **sections},
    )


def script(folder: Path, lines: list[str]) -> MetricScript:
    """The rows of a file."""
    (folder / "metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return read_metric_script(folder / "metrics.jsonl", None, BOTH)


def metered(folder: Path, settings: Settings, lines: list[str], people: timedelta | None = None) -> Rehearsal:
    """The rehearsal under those rows."""
    return rehearse(Script(settings, START, people=people, metrics=script(folder, lines)))


def test_healthy_metrics_let_it_rise(tmp_path: Path) -> None:
    """All rungs are reached, each a little late: before the first answer nothing is seen."""
    lines = rows(9, shares_bp=(0, 100, 1_000, 5_000, 5_000, 10_000))
    found = metered(tmp_path, short(), lines, people=DAY)
    rose = [at for at, _ in told(found, "rose")]
    assert len(rose) == 5
    assert all(later - one <= DAY + 2 * HOUR for one, later in pairwise(rose))
    assert found.is_complete
    assert "Metrics are those of op in metrics.jsonl" in found.assumed[0]


def test_a_recording_whose_control_arm_ends_lets_nothing_rise_on_it(tmp_path: Path) -> None:
    """It went to 100% while the rehearsal is a few hours late at 50%: nothing is left to compare with."""
    found = metered(tmp_path, short(), rows(8), people=DAY)
    assert [step for _, step in told(found, "rose")][-1] == "from 10% to 50%"
    assert "the control arm had none of the last" in found.outcome


def test_a_regression_steps_down_within_hours(tmp_path: Path) -> None:
    """Five in a hundred instead of one in two thousand, from the third day on, at 10%."""
    found = metered(tmp_path, short(), rows(6, worse_on=2))
    (at, words), *_ = told(found, "lowered")
    assert 2 * DAY <= at <= 2 * DAY + 12 * HOUR
    assert "regression: errors" in words
    assert not found.is_complete


FREE = {"watch": "1d", "feedback_after": "2d"}
"""Metrics are not required: they lower, and hold nothing."""


def test_a_step_down_cools_down_and_climbs_again_by_itself(tmp_path: Path) -> None:
    """A day at the last good rung, then its dwell, then the rung that it fell from: nobody does anything."""
    found = metered(tmp_path, short(policy=FREE), rows(12, worse=[2]))
    [(fell_at, words)] = told(found, "lowered")
    [(resumed_at, by)] = told(found, "resumed")
    assert "It cools down until" in words
    assert "1 more re-climb after that" in words
    assert resumed_at == fell_at + DAY
    assert by == "its cool-down is over: it goes on from 1% by itself"
    again = [at for at, step in told(found, "rose") if step == "from 1% to 10%"]
    assert resumed_at + DAY <= again[1] <= resumed_at + DAY + timedelta(minutes=1)
    assert found.rungs[-1].reached_at is not None


def test_the_second_fall_from_a_rung_waits_for_people(tmp_path: Path) -> None:
    """Without them the rehearsal ends there; with them it goes on as they decide."""
    settings, worse = short(policy=FREE), rows(12, worse=[2, 4.5], shares_bp=(0, 100, 1_000))
    alone = metered(tmp_path, settings, worse)
    assert [words.split("%")[0] for _, words in told(alone, "lowered")] == ["step down from 10"] * 2
    assert "People must decide (fall 2 from 10%" in told(alone, "lowered")[-1][1]
    assert (alone.is_complete, "people must decide" in alone.outcome) == (False, True)
    found = metered(tmp_path, settings, worse, people=DAY)
    assert told(found, "resumed")[1][1] == "people decided that it goes on, and resumed it at 1%"


def test_a_policy_without_re_climbs_leaves_all_to_people(tmp_path: Path) -> None:
    """The first fall is for them to decide about."""
    never = short(policy={**FREE, "reclimbs": {"per_attempt": 0}})
    found = metered(tmp_path, never, rows(12, worse=[2]))
    assert "People must decide (fall 1 of this attempt; policy allows 0" in told(found, "lowered")[0][1]
    assert told(found, "resumed") == []


def test_metrics_that_end_leave_the_gate_unknown(tmp_path: Path) -> None:
    """Nothing rises on what nobody counts any more, and the rehearsal ends with the rows."""
    found = metered(tmp_path, short(), rows(2))
    assert not found.is_complete
    assert "canary" in found.outcome
    assert told(found, "lowered") == []


def test_metrics_that_policy_does_not_require_hold_nothing(tmp_path: Path) -> None:
    """They may lower all the same, and the page says so."""
    free = short(policy={"watch": "1d", "feedback_after": "2d"})
    found = metered(tmp_path, free, rows(2), people=DAY)
    assert (found.is_complete, "canary" in found.gates) == (True, False)
    assert any("does not require the gate canary" in one for one in found.assumed)
    assert "regression" in told(metered(tmp_path, free, rows(6, worse_on=2)), "lowered")[0][1]


def test_a_file_tells_whose_metrics_it_holds_and_how_dense(tmp_path: Path) -> None:
    """The only operation is meant; steps are as far apart as its rows."""
    found = script(tmp_path, rows(2))
    assert (found.operation, found.first, found.last, found.step) == ("op", START, START + 2 * DAY, HOUR)
    (tmp_path / "b.jsonl").write_text("".join(f"{line}\n" for line in rows(1, operation="other")))
    assert read_metric_script(tmp_path, "other", BOTH).last == START + DAY


def test_a_last_row_without_a_line_break_counts(tmp_path: Path) -> None:
    """A file that is rehearsed is whole, so the row is read, and judged like the others."""
    bare = tmp_path / "bare.jsonl"
    bare.write_text(rows(1)[0])
    assert read_metric_script(bare, None, BOTH).last == START + timedelta(minutes=1)
    lines = rows(2)
    bare.write_text("\n".join(lines))
    pair = (script(tmp_path, lines), read_metric_script(bare, None, BOTH))
    ended, bare_end = (rehearse(Script(short(), START, people=None, metrics=one)) for one in pair)
    assert (ended.moments, ended.gates) == (bare_end.moments, bare_end.gates)


HEAD = "at,operation_id,variant,metric,bad,total"
ODD = json.dumps(json.loads(rows(1)[0]) | {"bad": 1, "total": 0})


@pytest.mark.parametrize(
    ("name", "text", "operation", "words"),
    [
        ("none.jsonl", None, None, "cannot be read"),
        ("m.txt", "x", None, "m.txt"),
        ("m.jsonl", "", None, "no row that can be read"),
        ("m.jsonl", "{\n", None, "m.jsonl, line 1: it is no JSON object"),
        ("m.jsonl", ODD, None, "m.jsonl, line 1: it counts 1 bad events of 0"),
        ("m.jsonl", ODD, "op", "m.jsonl, line 1: it counts 1 bad events of 0"),
        ("m.jsonl", 'ROWS\n{"at', None, "m.jsonl, line 7: it is no JSON object"),
        ("m.csv", f"{HEAD}\n2026-11-02T00:00:00Z,op,on,errors,0,10", None, "m.csv, line 2: it is the last and has no"),
        ("m.jsonl", "ROWS", "nobody", "Unknown operation"),
        ("m.jsonl", "ROWS\nOTHERS", None, "name one with --operation"),
        ("m.jsonl", "ROWS\n{\n", None, "line 7: it is no JSON object"),
        ("m.csv", "a,b\n1,2\n", None, "m.csv, line 1: its first line does not name the column at once"),
    ],
    ids=[
        "missing",
        "form",
        "empty",
        "no row",
        "odd row",
        "odd row of the one named",
        "cut row",
        "cut cell",
        "unknown operation",
        "two operations",
        "bad row",
        "header",
    ],
)
def test_bad_metrics_are_one_sentence(
    tmp_path: Path, name: str, text: str | None, operation: str | None, words: str
) -> None:
    """What is wrong with them, before anything is rehearsed."""
    if text is not None:
        few, others = "\n".join(rows(1)[:6]), "\n".join(rows(1, operation="other")[:6])
        (tmp_path / name).write_text(text.replace("ROWS", few).replace("OTHERS", others))
    with pytest.raises(PrrError) as fault:
        read_metric_script(tmp_path / name, operation, BOTH)
    assert words in str(fault.value)
    assert "\n" not in str(fault.value)
