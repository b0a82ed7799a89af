"""A check of everything takes what the last one judged, and says what a fresh one says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from prr_pipeline.control.checking import Checked, Checkup
from prr_pipeline.control.kept_reports import KeptReport
from prr_pipeline.control.known_lists import listed
from prr_pipeline.control.listing import Listing
from prr_pipeline.control.places import Place, open_place
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.reports.json_report import page_of
from prr_pipeline.subjects import SubjectKind
from tests.control.scene import Scene
from tests.readiness.fakes import SPEC, FakeSnapshot

SECTION = "Specification"
SPECIFICATION = (Path(__file__).resolve().parents[2] / "examples/matter/src" / SPEC).read_text()


def checked(scene: Scene, cache: Path | None) -> list[Checked]:
    """Every subject, with a page for each as the command line writes it."""
    place = replace(open_place(scene.work.settings, commit="HEAD"), cache=cache)
    checkup = Checkup(place, None)
    found = []
    for one in checkup.check(checkup.subjects(None), SECTION, remember=True):
        if one.page is not None and one.page.kept is None:
            one.page.written = page_of(one.report, place.catalogue)
        found.append(one)
    return found


def said(found: list[Checked]) -> list[tuple[object, ...]]:
    """What an output shows."""
    return [
        (one.report.subject, one.report.commit, one.report.results, one.report.exit_code, one.report.outcomes)
        for one in found
    ]


def pages(found: list[Checked]) -> list[bytes | None]:
    """What was written, in this run or in an earlier one."""
    return [one.page.kept or one.page.written if one.page is not None else None for one in found]


def subjects_listed(place: Place) -> Listing:
    """What is listed with the place's own memory."""
    assert place.cache is not None
    return listed(place, place.cache, SubjectKind.OPERATION)


def test_a_commit_that_nothing_reads_leaves_every_report_as_it_is(empty: Scene, tmp_path: Path) -> None:
    """All are taken as they are, at the new commit; the same again, too."""
    empty.run_ci()
    first = checked(empty, tmp_path / "verdicts.sqlite")
    before = empty.commit_id("HEAD")
    (empty.deployment.monorepo / "NOTES.md").write_text("A note.\n")
    assert empty.commit("Add a note") != before
    empty.run_ci()
    again, fresh = checked(empty, tmp_path / "verdicts.sqlite"), checked(empty, None)
    assert not any(isinstance(one.report, KeptReport) for one in first)
    assert all(isinstance(one.report, KeptReport) for one in again)
    assert (said(again), pages(again)) == (said(fresh), pages(first))


def test_a_list_of_a_folder_whose_name_is_no_utf_8_is_remembered(tmp_path: Path) -> None:
    """Python gives such a name with half a character in it."""
    places = [
        Place(
            tmp_path / "x_\udcff", FakeSnapshot({SPEC: SPECIFICATION}), load_profile("matter"), load_catalogue(), None
        )
        for _ in range(2)
    ]
    first, again = (replace(place, cache=tmp_path / "verdicts.sqlite") for place in places)
    assert subjects_listed(first) == subjects_listed(again)
    assert isinstance(again.snapshot, FakeSnapshot)
    assert again.snapshot.reads == {}


def test_a_list_is_read_again_only_when_what_it_was_read_from_changed(tmp_path: Path) -> None:
    """Of the same specification nothing is read; of another, other subjects are found."""

    def place(text: str) -> Place:
        snapshot = FakeSnapshot({SPEC: text})
        return Place(tmp_path, snapshot, load_profile("matter"), load_catalogue(), None, tmp_path / "verdicts.sqlite")

    first, again = place(SPECIFICATION), place(SPECIFICATION)
    found = subjects_listed(first)
    assert subjects_listed(again) == found
    other = subjects_listed(place(SPECIFICATION.replace("createGrant\n", "createAward\n")))
    assert [one.name for one in other.subjects] == [
        one.name.replace("createGrant", "createAward") for one in found.subjects
    ]
    assert isinstance(first.snapshot, FakeSnapshot)
    assert isinstance(again.snapshot, FakeSnapshot)
    assert (first.snapshot.reads, again.snapshot.reads) == ({SPEC: 1}, {})
