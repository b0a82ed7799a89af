"""Control areas that an operation touches are in the control map."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run

M28 = load_catalogue().line("M28")
ROUTE, MAP = "apps/api/app/grants/route.ts", "apps/api/lib/soc2-controls.ts"
SOURCE = 'import { pool } from "../../lib/pool";\nexport const POST = async () => pool();'
FILES = {
    ROUTE: SOURCE,
    "apps/api/lib/pool.ts": "export const pool = () => 1;",
    "code.ts": "",
    "test.ts": "",
    "p.md": "",
}
CITES = 'codepath: "code.ts", test: "test.ts", process: "p.md"'


def judged(entries: str | None, more: dict[str, str] | None = None, **keys: Any) -> Finding:
    files = {**FILES, **({MAP: f"export const SOC2_CONTROLS = {entries};"} if entries is not None else {})}
    triggers = {"security__soc2_path_triggers": {"PI1.3": ["apps/api/lib/pool.ts"], "C1.1": ["packages/documents/**"]}}
    using = profile(paths__route_handlers="apps/api/app/**/route.ts", **{**triggers, **keys})
    return run(M28.check, M28.parameters, {**files, **(more or {})}, using=using)


@pytest.mark.parametrize(
    "entries",
    [
        f'{{ "PI1.3": {{ {CITES} }} }} as const',
        f'{{ "PI1.3": {{ {CITES}, operations: ["createGrant"] }} }}',
        '{ "PI1.3": { codepath: ["code.ts", "test.ts"], test: "test.ts#L4", process: "p.md#weekly" } }',
        f'[{{ id: "PI1.3", {CITES} }}]',
        f'{{ ...more, "PI1.3": {{ {CITES} }} }}',
    ],
    ids=["plain", "with operations", "lists and anchors", "as a list", "beside a spread"],
)
def test_an_entry_that_cites_what_exists_is_met(entries: str) -> None:
    """By control, with code, test and document."""
    finding = judged(entries)
    assert finding.outcome is Outcome.MET, finding.message
    assert finding.values["touched"] == {"PI1.3": ["apps/api/lib/pool.ts"]}
    assert finding.locations[0].path == MAP


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (None, "soc2-controls.ts does not exist"),
        ("{}", "has no entry for PI1.3"),
        ('{ "C1.1": { ' + CITES + " } }", "has no entry for PI1.3"),
        ('{ "PI1.3": { codepath: "code.ts", test: "test.ts" } }', "cites no process"),
        ('{ "PI1.3": { codepath: "gone.ts", test: "test.ts", process: "p.md" } }', "cites gone.ts as codepath"),
        (f'{{ "PI1.3": {{ {CITES}, operations: ["listOther"] }} }}', "does not list createGrant"),
    ],
    ids=["no map", "empty", "another control", "no document", "dead path", "another operation"],
)
def test_a_missing_or_hollow_entry_is_unmet(entries: str | None, words: str) -> None:
    """An auditor follows the map to the code."""
    finding = judged(entries)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert finding.locations[0].path == MAP


def test_an_operation_that_touches_nothing_is_not_applicable_with_evidence() -> None:
    """How much was looked at, and for which controls."""
    finding = judged("{}", security__soc2_path_triggers={"C1.1": ["packages/documents/**", "tag:Documents"]})
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "none of 2 files of its route and its tags belongs to C1.1" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == (ROUTE, 2)


def test_a_tag_touches_a_control() -> None:
    """What the specification says of the operation counts like its code."""
    assert judged("{}", security__soc2_path_triggers={"C1.1": ["tag:Cap table"]}).outcome is Outcome.UNMET


def test_an_import_that_leads_nowhere_is_unknown() -> None:
    """What lies behind it may belong to any control, mapped or not."""
    lost = {ROUTE: f'import "./gone";\n{SOURCE}'}
    for entries, keys in (
        (f'{{ "PI1.3": {{ {CITES} }} }}', {}),
        ("{}", {"security__soc2_path_triggers": {"C1.1": ["x/**"]}}),
    ):
        finding = judged(entries, lost, **keys)
        assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
        assert finding.locations[0].line == 1
    assert judged("{}", lost).outcome is Outcome.UNMET


def test_an_entry_that_may_stand_in_a_spread_is_unknown() -> None:
    """Only running the code would tell."""
    finding = judged("{ ...load() }")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_without_triggers_or_a_route_it_is_unknown() -> None:
    """Nobody said what belongs to which control; or there is no code to look at."""
    assert judged("{}", security__soc2_path_triggers=None).reason is Reason.NOT_DECLARED
    assert judged("{}", security__soc2_path_triggers={}).reason is Reason.NOT_DECLARED
    assert judged("{}", {ROUTE: "export const GET = 1;"}).reason is Reason.NO_EVIDENCE


def test_an_entry_of_another_control_leaves_the_digest_as_it_is() -> None:
    """The map belongs to all."""
    own = f'"PI1.3": {{ {CITES} }}'
    assert judged(f"{{ {own} }}").subject_digest == judged(f'{{ {own}, "A1": {{}} }}').subject_digest
    shared = [f'{{ "PI1.3": {{ {CITES}, operations: ["createGrant"{more}] }} }}' for more in ("", ', "listOther"')]
    assert judged(shared[0]).subject_digest == judged(shared[1]).subject_digest
    other = own.replace("p.md", "test.ts")
    assert judged(f"{{ {own} }}").subject_digest != judged(f"{{ {other} }}").subject_digest
