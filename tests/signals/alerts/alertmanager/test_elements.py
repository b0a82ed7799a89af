"""A JSON list, element by element: whatever is wrong with it, what stands before is read."""

from __future__ import annotations

import pytest

from prr_pipeline.signals.alerts.alertmanager.elements import elements

WHOLE: dict[str, tuple[bytes, list[object]]] = {
    "empty": (b"[]", []),
    "white space": (b" \n[ \t] \r\n", []),
    "one": (b'[{"a": "b"}]', [{"a": "b"}]),
    "several kinds": (b'[1, "a", null, true, [], {}]', [1.0, "a", None, True, [], {}]),
    "an endless number": (b"[" + b"9" * 5_000 + b"]", [float("inf")]),
    "NaN is null": (b"[NaN, -Infinity]", [None, None]),
    "a doubled key is null": (b'[{"a": 1, "a": 2}, {"a": {"b": 1, "b": 1}}]', [None, {"a": None}]),
}
BROKEN: dict[str, tuple[bytes, list[object], str]] = {
    "nothing": (b"", [], "is no JSON list"),
    "an object": (b'{"data": []}', [], "is no JSON list"),
    "no end": (b"[", [], "is cut off or broken after 0 alerts"),
    "cut in an element": (b'["a", {"b', ["a"], "is cut off or broken after 1 alerts"),
    "cut after an element": (b'["a"', ["a"], "is cut off or broken after 1 alerts"),
    "cut after a comma": (b'["a",', ["a"], "is cut off or broken after 1 alerts"),
    "a comma too many": (b'["a",]', ["a"], "is cut off or broken after 1 alerts"),
    "no comma": (b'["a" "b"]', ["a"], "is cut off or broken after 1 alerts"),
    "more after it": (b'["a"] x', ["a"], "goes on after its end"),
    "no UTF-8": (b'["a", "\xff"]', ["a", "\ufffd"], "holds bytes that are not UTF-8"),
    "too deep": (b'["a", ' + b"[" * 100_000, ["a"], "is cut off or broken after 1 alerts"),
}


@pytest.mark.parametrize(("body", "expected"), WHOLE.values(), ids=WHOLE)
def test_a_whole_list_is_read(body: bytes, expected: list[object]) -> None:
    """With nothing to say against it."""
    assert elements(body) == (expected, "")


@pytest.mark.parametrize(("body", "expected", "why"), BROKEN.values(), ids=BROKEN)
def test_of_a_broken_list_the_beginning_is_read(body: bytes, expected: list[object], why: str) -> None:
    """With the reason why that is not all."""
    assert elements(body) == (expected, why)


def test_every_cut_of_a_list_is_told() -> None:
    """Wherever it breaks off, what was whole is read and the break is seen."""
    body = b'[{"a": "b"}, {"c": [1, "d"]}]'
    for length in range(len(body)):
        found, why = elements(body[:length])
        assert why
        assert found == [{"a": "b"}, {"c": [1.0, "d"]}][: len(found)]
