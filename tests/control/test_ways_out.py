"""What opens a gate: a sentence for every gate that is closed or unknown, and none for one that is open."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime

import click
import pytest

from prr_pipeline.cli import app
from prr_pipeline.control.orders import roll_back
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.rollout.gates import ORDER as GATES
from prr_pipeline.rollout.gates import GateReading, closed, not_used, opened, unknown
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_every_gate_that_is_shut_has_a_way_out_of_its_own(signed: Scene) -> None:
    """No gate falls back to the words for one that nobody knows."""
    state = signed.state(KEY)
    fallback = way_out(state, closed("no such gate", "why"))
    for name in GATES:
        for gate in (closed(name, "why"), unknown(name, "why")):
            words = way_out(state, gate)
            assert words, gate
            assert words != fallback, gate
            assert "{" not in words, gate


@pytest.mark.parametrize("name", GATES)
def test_every_command_works_as_it_is_typed(signed: Scene, name: str) -> None:
    """With a word for each placeholder, and whatever the verb requires among them."""
    state = signed.state(KEY)
    readings = (closed(name, "why"), closed(name, "1 of 3000 requests that the objective needs"), unknown(name, "why"))
    for command in re.findall(r"`prr ([^`]+)`", " ".join(way_out(state, gate) for gate in readings)):
        words = shlex.split(command)
        parsed: click.Command = app
        while isinstance(parsed, click.Group):
            found = parsed.get_command(click.Context(parsed), words.pop(0))
            assert found is not None, command
            parsed = found
        parsed.make_context("prr", words)


@pytest.mark.parametrize("gate", [opened("dwell", "served"), not_used("canary")], ids=["open", "not used"])
def test_an_open_gate_needs_none(signed: Scene, gate: GateReading) -> None:
    """Nor one that policy does not use."""
    assert way_out(signed.state(KEY), gate) == ""


def test_a_known_time_and_the_promotion_are_named(signed: Scene) -> None:
    """Waiting is a way out; whoever must act gets the command with the key."""
    state = signed.state(KEY)
    assert way_out(state, closed("dwell", "0 min of 7 d", NOON)) == "may open by itself at 2026-11-02 12:00Z"
    assert f"`prr sign {KEY} --person YOU --key FILE`" in way_out(state, closed("signoff", "nobody signed"))


@pytest.mark.parametrize(
    ("why", "accepted"),
    [
        ("errors: 12 of 3000 requests that the objective needs; none come", True),
        ("errors: leans to worse, not proven; 4 bad of 4000, control 1 of 90000", False),
        (
            "errors: leans to worse, not proven; 4 bad of 4000; latency: 5 of 300 requests that the objective needs",
            False,
        ),
        ("errors: 240 bad of 2400; e = 5e+03, 1333 needed", False),
    ],
    ids=["too few", "leans", "leans and too few", "proven"],
)
def test_two_persons_are_named_only_where_they_can_decide(signed: Scene, why: str, accepted: bool) -> None:
    """A sample may be accepted as too small; a lean or a proof may not."""
    words = way_out(signed.state(KEY), closed("canary", why))
    assert (f"`prr accept-sample {KEY} --person YOU --key FILE --reason WHY`" in words) is accepted
    assert "more requests" in words


def test_after_a_roll_back_the_next_attempt_is_signed(signed: Scene) -> None:
    """The one before is spent."""
    roll_back(signed.work, [KEY], ORDER)
    assert f"`prr sign {KEY} --attempt 2 --person YOU --key FILE`" in way_out(
        signed.state(KEY), closed("signoff", "spent")
    )
