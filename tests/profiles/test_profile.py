"""Profiles: strict, every value with its basis, and what a monorepo may lay over them."""

from __future__ import annotations

from pathlib import Path

import pytest
import re2

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.parameters import references, resolve
from prr_pipeline.readiness.profile import PROFILE_KEYS, lay_over, load_profile, profile_in, profile_names
from prr_pipeline.repository.tree import Blob
from tests.readiness.fakes import FakeSnapshot

PATH = ".prr/profile.yaml"


def referenced(number: str) -> set[str]:
    """The profile keys that the lines with such numbers need."""
    return {
        key
        for line in load_catalogue().lines
        if line.number.startswith(number)
        for key in (*references(line.parameters), *references(line.due and {"d": line.due.days}))
    }


def overlay(text: str, name: str = "matter"):
    return lay_over(load_profile(name), Blob(PATH, "", text.encode()))


@pytest.mark.parametrize("name", profile_names())
def test_every_value_of_a_shipped_profile_says_what_it_rests_on(name: str) -> None:
    """Documented or assumed, as data; and each key is a known one."""
    profile = load_profile(name)
    assert profile.name == name
    assert set(profile.basis) <= set(PROFILE_KEYS)
    assert set(profile.basis.values()) <= {"documented", "assumed"}
    assert all(key in profile.basis for key in PROFILE_KEYS if profile.value(key) is not None)


def test_matter_declares_every_key_that_a_line_needs() -> None:
    """Families are the one thing that no page names, and the line does without."""
    profile = load_profile("matter")
    assert {key for key in referenced("M") if profile.value(key) is None} == {"errors.families"}


def test_loop_declares_every_key_that_a_line_needs_but_what_no_page_tells() -> None:
    """Which clients are vendors', which hours are peak, and where Drizzle's settings lie is for the team to say."""
    profile = load_profile("loop")
    unknown = {key for key in referenced("L") if profile.value(key) is None}
    assert unknown <= {"calls.vendor_packages", "database.peak_hours", "database.migration_window", "paths.db_config"}


def test_matter_holds_the_limits_of_the_checklist() -> None:
    """The figures that stand in the checklist's own words."""
    value = load_profile("matter").value
    assert (value("code.handler_max_lines"), value("tests.coverage_min_percent")) == (50, 90)
    assert (value("ladder.steps"), value("ladder.total_days")) == (["shadow", "1%", "10%", "50%", "100%"], 28)
    assert value("middleware.order") == ["auth", "scope", "rate-limit", "idempotency", "dry-run", "audit", "event"]
    assert len(value("spec.required_extensions")) == 9
    assert re2.compile(value("errors.code_pattern")).fullmatch("pool_exhausted")


def test_paths_that_the_checklist_names_are_those_of_the_profile() -> None:
    """A path in a line and the path that its check reads do not drift apart."""
    profile, lines = load_profile("matter"), load_catalogue()
    pairs = {
        "M5": "error_page",
        "M19": "slo_board",
        "M21": "runbook",
        "M22": "runbook_registry",
        "M24": "chaos_cadence",
        "M25": "threat_model",
        "M27": "pii_drift_gate",
        "M33": "prr_document",
    }
    for number, key in pairs.items():
        written = profile.value(f"paths.{key}").replace("{", "<").replace("}", ">")
        assert f"`{written}`" in lines.line(number).line


def test_an_unknown_profile_lists_the_valid_ones() -> None:
    """No silent default."""
    with pytest.raises(UnknownName, match="github, loop, matter"):
        load_profile("mater")


def test_an_organisations_own_profile_is_one_file(tmp_path: Path) -> None:
    """A path to a YAML file is a profile too."""
    (tmp_path / "ours.yaml").write_text("paths:\n  openapi: {value: api.yaml, basis: documented}\n")
    profile = load_profile(str(tmp_path / "ours.yaml"))
    assert (profile.name, profile.value("paths.openapi"), profile.value("paths.runbook")) == ("ours", "api.yaml", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("paths:\n  openapi: api.yaml\n", "gives paths.openapi without its basis"),
        (
            "paths:\n  openapi: {value: a, basis: guessed}\n",
            "Unknown basis of paths.openapi 'guessed'. Valid: assumed, documented",
        ),
        ("paths:\n  opnapi: {value: a, basis: assumed}\n", "Unknown key .*'paths.opnapi'. Valid: .*paths.openapi"),
        ("pathz:\n  openapi: {value: a, basis: assumed}\n", "Unknown key .*'pathz'. Valid: .*paths"),
        ("tests:\n  coverage_min_percent: {value: high, basis: assumed}\n", "tests.coverage_min_percent is 'high'"),
        ("tests:\n  coverage_min_percent: {value: 89.5, basis: assumed}\n", "tests.coverage_min_percent"),
        (
            "errors:\n  code_pattern: {value: '(?<!A)b', basis: assumed}\n",
            r"errors.code_pattern cannot be so: The pattern '\(\?<!A\)b' is none that RE2 takes .* without lookaround",
        ),
        (
            "spec:\n  extension_schemas: {value: {slo: {items: [{pattern: '(a)\\1'}]}}, basis: assumed}\n",
            r"spec.extension_schemas\[...\] cannot be so: The pattern '\(a\).*1' is none that RE2 takes",
        ),
        ("paths: 3\n", "no mapping of keys"),
        ("- 1\n", "no mapping of sections"),
        ("paths: {\n", "cannot be read"),
    ],
)
def test_a_fault_in_a_profile_is_told_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong, where, and what would be right."""
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(PrrError, match=message):
        load_profile(str(tmp_path / "bad.yaml"))


def test_the_monorepo_lays_conventions_over_key_by_key() -> None:
    """Keys are replaced, lists whole; what it declares is no assumption any more."""
    profile = overlay("spec:\n  explainer_exempt_properties: [id]\npaths:\n  slo_board: null\n")
    assert profile.value("spec.explainer_exempt_properties") == ["id"]
    assert profile.basis["spec.explainer_exempt_properties"] == "declared"
    assert profile.value("paths.slo_board") is None
    assert profile.value("paths.openapi") == load_profile("matter").value("paths.openapi")


def test_keys_of_ones_own_are_declared_under_own_and_laid_over_like_others() -> None:
    """Of any JSON kind; one that nobody declares is None, as every other."""
    profile = overlay("own:\n  cost_centres: [CC-1]\n  owners: {a: {b: [1, true, null]}}\n")
    assert profile.value("own.cost_centres") == ["CC-1"]
    assert profile.value("own.owners") == {"a": {"b": [1, True, None]}}
    assert profile.value("own.nothing") is None
    assert profile.basis["own.cost_centres"] == "declared"
    again = lay_over(profile, Blob(PATH, "", b"own: {cost_centres: [CC-2]}\n"))
    assert again.value("own.cost_centres") == ["CC-2"]
    assert again.value("own.owners") == profile.value("own.owners")
    with pytest.raises(UnknownName, match=r"own\.<name>"):
        profile.value("own.a.b")


@pytest.mark.parametrize(
    ("text", "words"),
    [("own:\n  Cost: 1\n", "own.Cost"), ("own:\n  share: 0.5\n", r"own.share is a float"), ("own: 3\n", "no mapping")],
)
def test_a_key_of_ones_own_that_cannot_be_recorded_is_refused(text: str, words: str) -> None:
    """Its name is one that a checklist can write, its value one that a digest can cover."""
    with pytest.raises(PrrError, match=words):
        overlay(text)


@pytest.mark.parametrize("key", ["council", "reviewers", "ladder", "after_ga", "gates", "freeze", "url", "alert_url"])
def test_the_monorepo_cannot_set_what_only_the_deployment_may(key: str) -> None:
    """Who may sign and how fast to climb never come from the code under review."""
    with pytest.raises(PrrError, match=f"holds '{key}', which only the deployment may set"):
        overlay(f"{key}: {{}}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("paths:\n  opnapi: a\n", "Unknown key"),
        ("paths: api\n", "no mapping"),
        ("code:\n  handler_max_lines: many\n", "handler_max_lines"),
    ],
)
def test_a_fault_in_the_overlay_is_told_in_one_sentence(text: str, message: str) -> None:
    """An unknown key is an error there too."""
    with pytest.raises(PrrError, match=message):
        overlay(text)


def test_an_empty_overlay_and_none_at_all_change_nothing() -> None:
    """A file of comments is no declaration."""
    assert overlay("# nothing yet\n") == load_profile("matter")
    assert profile_in(FakeSnapshot({}), "matter") == load_profile("matter")
    assert profile_in(FakeSnapshot({PATH: "paths: {openapi: a.json}"}), "matter").value("paths.openapi") == "a.json"


def test_a_value_laid_over_may_say_that_it_is_assumed() -> None:
    """As in a draft that nobody has confirmed: a finding then tells the assumption. A bare value is declared."""
    found = overlay("paths: {openapi: {value: a.json, basis: assumed, note: seen there}, slo_board: b.md}")
    assert (found.value("paths.openapi"), found.basis["paths.openapi"]) == ("a.json", "assumed")
    assert (found.value("paths.slo_board"), found.basis["paths.slo_board"]) == ("b.md", "declared")
    with pytest.raises(UnknownName, match=r"basis of paths\.openapi.*'guessed'"):
        overlay("paths: {openapi: {value: a.json, basis: guessed}}")


def test_an_extension_name_takes_the_prefix_unless_it_is_full() -> None:
    """GitHub's one extension is called x-github, without a name behind it."""
    assert load_profile("matter").extension("slo") == "x-matter-slo"
    assert load_profile("github").extension("x-github") == "x-github"
    assert load_profile("matter").maturity_extension == "x-matter-maturity"


def test_an_unknown_key_is_refused_where_it_is_asked_for() -> None:
    """A typing error in code is not `not declared`."""
    with pytest.raises(UnknownName, match=r"paths\.openapi"):
        load_profile("matter").value("paths.opnapi")


def test_references_tell_what_is_missing_and_what_is_assumed() -> None:
    """Optional keys may be absent; a declared value is no assumption."""
    parameters = {
        "a": {"profile": "paths.runbook"},
        "b": {"profile": "errors.families", "optional": True},
        "c": {"profile": "errors.page_min_words"},
        "d": {"profile": "spec.extension_schemas", "record": "digest"},
        "e": 7,
    }
    found = resolve(parameters, load_profile("matter"))
    assert (found.missing, found.assumed) == ((), ("errors.page_min_words", "spec.extension_schemas"))
    assert found.given["b"] is None
    assert found.recorded["d"].startswith("sha256:")
    assert resolve(parameters, load_profile("github")).missing == ("paths.runbook", "errors.page_min_words")
