"""A definition serves exactly one exposure, or it is not ours."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest
from prr_pipeline.flags.flagd_definition import Stamp, build, read, stamp_of

STAMP = Stamp(7, "i1", "2026-01-31T12:00:00.000000Z", "10%")
NOTE = {"version": 7, "intent_id": "i1", "written_at": STAMP.written_at, "exposure": "10%"}
TEN = Exposure.share(1_000)

SPLITS = {
    OFF: [["on", 0], ["off", 10_000]],
    SHADOW: [["on", 0], ["shadow", 10_000]],
    Exposure.share(1): [["on", 1], ["off", 9_999]],
    TEN: [["on", 1_000], ["off", 9_000]],
    Exposure.share(1_000, Rest.SHADOW): [["on", 1_000], ["shadow", 9_000]],
    FULL: [["on", 10_000], ["off", 0]],
}


@pytest.mark.parametrize(("exposure", "split"), SPLITS.items(), ids=map(str, SPLITS))
def test_the_split_is_on_first_and_makes_ten_thousand(exposure: Exposure, split: object) -> None:
    """The order and the total keep cohorts monotone; the default is the safe value."""
    made = build(exposure, STAMP)
    assert made["targeting"] == {"fractional": split}
    assert (made["state"], made["defaultVariant"]) == ("ENABLED", "off")


def test_the_note_is_flat() -> None:
    """The metadata of a flag takes text, numbers and booleans only."""
    metadata = build(TEN, STAMP)["metadata"]
    assert isinstance(metadata, dict)
    assert all(isinstance(value, str | int) for value in metadata.values())
    assert stamp_of(build(TEN, STAMP)) == STAMP


def _changed(**changes: object) -> dict[str, Any]:
    return {**copy.deepcopy(build(TEN, STAMP)), **changes}


def _split(*arms: object) -> dict[str, Any]:
    return _changed(targeting={"fractional": list(arms)})


def _without(member: str) -> dict[str, Any]:
    return {name: value for name, value in _changed().items() if name != member}


DRIFT = {
    "not an object": ("checkout", "not an object"),
    "disabled": (_changed(state="DISABLED"), "DISABLED"),
    "state in small letters": (_changed(state="enabled"), "enabled"),
    "default on": (_changed(defaultVariant="on"), "default variant 'on'"),
    "undeclared default": (_changed(defaultVariant="nothing"), "nothing"),
    "no default": (_without("defaultVariant"), "defaultVariant"),
    "no targeting": (_without("targeting"), "targeting"),
    "a member more": (_changed(selector="x"), "selector"),
    "a variant less": (_changed(variants={"on": "on", "off": "off"}), "declares the variants"),
    "a variant that lies": (_changed(variants={"on": "on", "shadow": "on", "off": "off"}), "declares the variants"),
    "boolean variants": (_changed(variants={"on": True, "shadow": False, "off": False}), "declares the variants"),
    "float weight": (_split(["on", 0.5], ["off", 0.5]), "whole numbers"),
    "float that is whole": (_split(["on", 1000.0], ["off", 9000.0]), "whole numbers"),
    "text weight": (_split(["on", "1000"], ["off", 9000]), "whole numbers"),
    "boolean weight": (_split(["on", True], ["off", 9999]), "whole numbers"),
    "negative weight": (_split(["on", -1], ["off", 10_001]), "positive"),
    "sum too large": (_split(["on", 1_000], ["off", 2_147_483_647]), "make 10000"),
    "sum too small": (_split(["on", 10], ["off", 90]), "make 10000"),
    "undeclared variant": (_split(["on", 1_000], ["beta", 9_000]), "'beta'"),
    "on last": (_split(["off", 9_000], ["on", 1_000]), "'off' and 'on'"),
    "on twice": (_split(["on", 1_000], ["on", 9_000]), "'on' and 'on'"),
    "three arms": (_split(["on", 1_000], ["shadow", 4_000], ["off", 5_000]), "two arms"),
    "one arm": (_split(["on", 10_000]), "two arms"),
    "weight left out": (_split(["on"], ["off"]), "two arms"),
    "a salt": (_split("salt", ["on", 1_000], ["off", 9_000]), "two arms"),
    "another rule": (_changed(targeting={"if": [True, "on", "off"]}), "fractional"),
    "two rules": (_changed(targeting={"fractional": [["on", 1_000], ["off", 9_000]], "if": []}), "fractional"),
    "empty targeting": (_changed(targeting={}), "fractional"),
    "null targeting": (_changed(targeting=None), "fractional"),
}


@pytest.mark.parametrize(("definition", "word"), DRIFT.values(), ids=DRIFT)
def test_any_other_shape_is_drift_with_a_sentence(definition: object, word: str) -> None:
    """flagd would take most of these and serve something else than it seems."""
    record = read(definition)
    assert record.exposure is None
    assert record.version > 0
    assert record.fault is not None
    assert word in record.fault
    assert len(record.fault) < 250


def test_what_we_wrote_has_the_version_that_we_noted() -> None:
    """Nobody touched it."""
    assert (read(build(TEN, STAMP)).exposure, read(build(TEN, STAMP)).version) == (TEN, 7)


@pytest.mark.parametrize(
    "edited",
    [
        _split(["on", 5_000], ["off", 5_000]),
        _changed(state="DISABLED"),
        _changed(metadata={**NOTE, "note": "mine"}),
    ],
    ids=["other share", "disabled", "other note"],
)
def test_an_edit_by_hand_counts_as_one_version(edited: object) -> None:
    """So a raise that read before the edit loses its compare-and-set."""
    assert read(edited).version == 8


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"version": 7}, {**NOTE, "version": "7"}, {**NOTE, "version": 10**400}],
    ids=["null", "empty", "half", "text version", "huge version"],
)
def test_without_our_note_a_right_shape_still_counts(metadata: object) -> None:
    """A flag made by hand in our shape has an exposure and the first version."""
    record = read(_changed(metadata=metadata))
    assert (record.exposure, record.version) == (TEN, 1)
