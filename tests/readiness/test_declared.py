"""What people declare fits its form, or is told key by key."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import pytest

from prr_pipeline.readiness.declared import Declared, Unfit, faults_of, fitted, form_json, form_keys
from prr_pipeline.readiness.pattern_texts import PatternText, SchemaWithPatterns
from prr_pipeline.subjects import SubjectKind


class Inner(Declared):
    """A form within another."""

    n: int


class Outer(Declared):
    """Optional keys before those that must be given, as YAML has no order."""

    a: int = 1
    b: list[str]
    level: Literal["low", "high"] = "low"
    kind: SubjectKind | None = None
    each: dict[str, Inner] = msgspec.field(default_factory=dict)
    rows: list[Inner] = msgspec.field(default_factory=list)
    pattern: PatternText | None = None
    schema: SchemaWithPatterns | None = None

    def __post_init__(self) -> None:
        if self.a < 0 and not self.b:
            raise ValueError("below zero there must be some b")


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("missing", {}, "b: it must be given"),
    ("unknown", {"b": [], "x": 1}, "x: there is no such key"),
    ("no bending", {"b": [], "a": "1"}, "a: expected `int`, got `str`"),
    ("true is no number", {"b": [], "a": True}, "a: expected `int`, got `bool`"),
    ("in a list", {"b": ["x", 1]}, "b[1]: expected `str`, got `int`"),
    ("in a form in a list", {"b": [], "rows": [{"n": 1}, {"n": "x"}]}, "rows[1].n: expected `int`, got `str`"),
    ("in a form in a mapping", {"b": [], "each": {"k": {"n": 1, "m": 2}}}, "each[...].m: there is no such key"),
    ("one of some words", {"b": [], "level": "mid"}, "level: invalid enum value 'mid'; valid: low, high"),
    ("an enumeration", {"b": [], "kind": "table"}, "kind: invalid enum value 'table'; valid: operation, service"),
    ("a pattern", {"b": [], "pattern": "(a"}, "pattern: The pattern '(a' is none that RE2 takes"),
    ("a pattern that is none", {"b": [], "pattern": 3}, "pattern: expected `str`, got `int`"),
    ("a schema's pattern", {"b": [], "schema": {"items": [{"pattern": "("}]}}, "schema: The pattern '(' is none"),
    ("together", {"b": [], "a": -1}, "below zero there must be some b"),
]


@pytest.mark.parametrize(("given", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_does_not_fit_is_told_with_its_place(given: dict[str, Any], said: str) -> None:
    """The same whether the first fault or all are asked for."""
    faults = [str(fault) for fault in faults_of(given, Outer)]
    assert len(faults) == 1
    assert faults[0].startswith(said)
    with pytest.raises(Unfit):
        fitted(given, Outer)


def test_all_faults_are_told_at_once() -> None:
    """Whoever mends one need not run again to see the next."""
    faults = faults_of({"a": "x", "c": 1}, Outer)
    assert [fault.path for fault in faults] == ["a", "c", "b"]
    assert [fault.unknown for fault in faults] == [False, True, False]
    assert faults[0].given == "x"


def test_what_fits_has_no_faults_and_keeps_its_values() -> None:
    """Defaults stand where nothing is given; nothing can be changed later."""
    form = fitted({"b": ["x"], "pattern": "a+", "schema": {"pattern": "b"}}, Outer)
    assert faults_of({"b": ["x"]}, Outer) == []
    assert (form.a, form.b, form.pattern, form.schema) == (1, ["x"], "a+", {"pattern": "b"})
    assert '"b":["x"]' in form_json(form)
    with pytest.raises(AttributeError):
        form.a = 2  # type: ignore[misc]


def test_a_form_says_which_keys_must_be_given() -> None:
    """In the order of declaration."""
    assert form_keys(Inner) == {"n": True}
    assert list(form_keys(Outer)) == ["a", "b", "level", "kind", "each", "rows", "pattern", "schema"]


def test_every_copy_of_a_default_is_its_own() -> None:
    """A list that one form holds is no other's."""
    assert fitted({"b": []}, Outer).rows is not fitted({"b": []}, Outer).rows
