"""Load tests: both forms of k6 and Artillery give metrics with numbers, or one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.load_test import LoadTest, Metric, Threshold, read_load_test, upper_bound
from prr_pipeline.repository.tree import Blob

TAGGED = "cost{operation:reports/annual.v2,mode:live}"
EXPORTED = {"metrics": {TAGGED: {"avg": 810.5, "p(95)": 900, "thresholds": {"avg<=900": False, "max<1": True}}}}
HANDED = {
    "metrics": {
        TAGGED: {
            "type": "trend",
            "contains": "default",
            "values": {"avg": 810.5, "p(95)": 900},
            "thresholds": {"avg<=900": {"ok": True}, "max<1": {"ok": False}},
        }
    },
    "root_group": {},
}
ARTILLERY = {
    "aggregate": {
        "counters": {"http.requests": 100},
        "summaries": {"cost.createGrant": {"min": 1, "mean": 810.5, "p95": 900}},
        "histograms": {"cost.createGrant": {"min": 1}, "other": {"mean": 1}},
    },
    "intermediate": [],
}


def one_line(fault: PrrError) -> None:
    """What a person meets is one line."""
    assert "\n" not in str(fault)


def read(document: Any) -> LoadTest:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_load_test(Blob("load.json", "0" * 40, data))


@pytest.mark.parametrize("document", [EXPORTED, HANDED], ids=["summary export", "handleSummary"])
def test_both_forms_of_k6_say_the_same(document: Any) -> None:
    """In a summary export, true stands for a threshold that was crossed; in the other form for one that was kept."""
    tags = {"operation": "reports/annual.v2", "mode": "live"}
    values = {"avg": 810.5, "p(95)": 900.0}
    thresholds = (Threshold("avg<=900", True), Threshold("max<1", False))
    assert read(document) == LoadTest("k6", (Metric("cost", tags, values, thresholds),))


def test_artillery_names_the_mean_as_average_too() -> None:
    """Summaries come before the histograms of the same name; counters are metrics with a count."""
    metrics = {metric.name: metric.values for metric in read(ARTILLERY).metrics}
    assert metrics["cost.createGrant"] == {"min": 1.0, "mean": 810.5, "avg": 810.5, "p95": 900.0}
    assert metrics["http.requests"] == {"count": 100.0}
    assert set(metrics) == {"cost.createGrant", "other", "http.requests"}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "JSON is broken"),
        (b'{"metrics": {"a": {"avg": NaN}}}', "JSON is broken"),
        ([], "neither a summary of k6"),
        ({"metrics": []}, "neither a summary of k6"),
        ({"metrics": {}}, "no metric"),
        ({"aggregate": {}}, "no metric"),
        ({"metrics": {"a": 1}}, "no numbers"),
        ({"metrics": {"a": {"thresholds": {"avg<1": "yes"}}}}, "whether a kept the threshold"),
        ({"metrics": {"a": {"thresholds": {"avg<1": {}}}}}, "whether a kept the threshold"),
        ({"aggregate": {"summaries": {"a": []}}}, "no numbers"),
        (b'{"metrics": {"a": {"avg": 1e999}}}', ""),
    ],
)
def test_what_is_no_report_is_one_sentence(document: Any, why: str) -> None:
    """A run that nobody can read has held nothing."""
    with pytest.raises(Unreadable) as fault:
        read(document)
    assert why in str(fault.value)


@pytest.mark.parametrize(
    ("expression", "bound"),
    [("avg<=900", 900.0), (" avg < 900.5 ", 900.5), ("avg>=900", None), ("p(95)<900", None), ("avg", None),
     ("avg<=900 || true", None), ("avg<=-1", None), ("avgs<=900", None), ("avg<=9e9", None)],
)  # fmt: skip
def test_only_an_upper_bound_on_the_statistic_is_one(expression: str, bound: float | None) -> None:
    """Whatever else an expression may mean, it bounds nothing."""
    assert upper_bound(expression, "avg") == bound


def test_percentiles_are_bounded_by_their_own_name() -> None:
    """p(95) is no p(9)."""
    assert upper_bound("p(99.9)<250", "p(99.9)") == 250
    assert upper_bound("p(99.9)<250", "p(99)") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["avg", "values", "a{b:c}", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["metrics", "aggregate", "summaries", "values", "thresholds", "avg"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(JSON, st.sampled_from(["metrics", "aggregate"]))
def test_any_document_gives_numbers_or_one_sentence(inner: Any, key: str) -> None:
    """Every value that comes out is a finite number."""
    try:
        found = read({key: inner})
    except PrrError as fault:
        one_line(fault)
        return
    assert found.metrics
    assert all(isinstance(value, float) for metric in found.metrics for value in metric.values.values())
