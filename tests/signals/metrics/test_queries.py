"""Query templates: a name changes nothing but the value of its label, and a template that lacks one is refused."""

from __future__ import annotations

import re

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.signals.metrics.queries import DEFAULT_QUERIES, filled, label_value, queries_from
from tests.contracts.metric_source import question

SOUND = 'x_total{operation_id="{operation_id}",variant="{variant}"}'


def texts(**changes: object) -> dict[str, object]:
    """A sound table of queries, changed."""
    return {"bad": SOUND, "newest": f"timestamp({SOUND})", "total": SOUND} | changes


def test_every_placeholder_is_filled() -> None:
    """Braces that are PromQL's own stay."""
    assert filled(DEFAULT_QUERIES["errors"].bad, question(), "off") == (
        'last_over_time(op_errors_total{operation_id="createGrant",service="equity",variant="off"}[60s])'
    )


@pytest.mark.parametrize("name", ['"', "\\", '\\"', '"} or vector(0) #', "a\nb", "{variant}", "'", "`", "ü", "\x07"])
def test_a_name_stays_inside_its_quotes(name: str) -> None:
    """The value that Prometheus reads between the quotes is the name, and the quotes are where they were."""
    found = filled('x{operation_id="{operation_id}",variant="{variant}"}', question(name), "on")
    value = re.fullmatch(r'x\{operation_id="((?:[^"\\\n]|\\.)*)",variant="on"\}', found)
    assert value is not None
    assert re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), value[1]) == name


@pytest.mark.parametrize("name", ["", "x" * 301, "\ud800"])
def test_what_cannot_be_a_label_is_refused(name: str) -> None:
    """With the limit in the sentence."""
    with pytest.raises(PrrError, match="1 to 300 characters"):
        label_value(name)


@pytest.mark.parametrize(
    ("part", "template", "words"),
    [
        ("bad", None, "is missing"),
        ("bad", " ", "is missing"),
        ("bad", 5, "is missing"),
        ("total", SOUND.replace("operation_id=", "route="), None),
        ("total", SOUND.replace('operation_id="{operation_id}",', ""), "does not hold {operation_id}"),
        ("newest", SOUND.replace('"{variant}"', '"on"'), "does not hold {variant}"),
        ("bad", SOUND.replace('="{variant}"', '=~"{variant}"'), "not a whole value"),
        ("bad", SOUND.replace('="{variant}"', '!="{variant}"'), "not a whole value"),
        ("bad", SOUND.replace('"{variant}"', '"{variant}|off"'), "not a whole value"),
        ("bad", SOUND.replace('"{variant}"', "'{variant}'"), "not a whole value"),
        ("bad", SOUND + " # {operation_id}", "not a whole value"),
        ("bad", SOUND.replace("{variant}", "{version}"), "Valid: operation_id, service, step, variant"),
    ],
)
def test_a_template_is_read_strictly(part: str, template: object, words: str | None) -> None:
    """A placeholder is the whole value of a label that is compared by `=`; operation and variant are never left out."""
    if words is None:
        assert queries_from("errors", texts(**{part: template})).total == template
        return
    with pytest.raises(PrrError, match=re.escape(words)):
        queries_from("errors", texts(**{part: template}))


def test_a_table_of_queries_is_read_strictly() -> None:
    """An unknown query lists those that there are."""
    assert queries_from("errors", texts()).bad == SOUND
    with pytest.raises(PrrError, match="Valid: bad, newest, total"):
        queries_from("errors", texts(good=SOUND))
    with pytest.raises(PrrError, match="no table"):
        queries_from("errors", SOUND)


def test_the_queries_that_ship_keep_their_own_rules() -> None:
    """What we ask of others holds for ours."""
    for metric, queries in DEFAULT_QUERIES.items():
        assert queries_from(metric, {"bad": queries.bad, "newest": queries.newest, "total": queries.total}) == queries
