"""Sections that the endpoint checklist does not have stand in one check, whenever they come."""

from __future__ import annotations

import dagster as dg

from sensors.repository import repository
from tests.control.test_own_lines import CHECKED, with_own
from tests.orchestration.stage import Stage, checks

KEY = "createGrant:beta"


def tables(stage: Stage) -> dict[str, list[str]]:
    """The tables of the check ``other_sections`` of the run that the sensor asks for: name to the lines in it."""
    [request] = stage.tick(repository).run_requests or []
    run = stage.run("checklist", KEY, tags=request.tags)
    assert run.success
    [found] = [one for one in run.get_asset_check_evaluations() if one.check_name == "other_sections"]
    assert found.passed is checks(run)["other_sections"]
    shown = {name: value for name, value in found.metadata.items() if isinstance(value, dg.TableMetadataValue)}
    lines = {
        name: [str(row.data["finding"]).partition(":")[0] for row in value.records] for name, value in shown.items()
    }
    return {**lines, "passed": [str(found.passed)]}


def test_an_own_section_is_shown_as_soon_as_the_checklist_has_it(stage: Stage) -> None:
    """The same loaded code location: nothing of it at first, then a table of its own, with what is unmet in it."""
    assert tables(stage) == {"passed": ["True"]}
    with_own(stage.scene, CHECKED.replace("LIMIT", "40"))
    assert tables(stage) == {"lines of Ours": ["handler_is_at_most_our_limit"], "passed": ["True"]}
    with_own(stage.scene, CHECKED.replace("LIMIT", "5").replace("section: Ours", "section: promotion"))
    assert tables(stage) == {"lines of promotion": ["handler_is_at_most_our_limit"], "passed": ["False"]}


def test_an_own_line_in_a_section_that_ships_stands_there(stage: Stage) -> None:
    """Where people look for it."""
    with_own(stage.scene, CHECKED.replace("LIMIT", "5").replace("section: Ours", "section: Implementation"))
    [request] = stage.tick(repository).run_requests or []
    found = checks(stage.run("checklist", KEY, tags=request.tags))
    assert (found["implementation"], found["other_sections"]) == (False, True)
