"""Verdicts in a file: what is kept comes back, and a broken file only costs time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prr_pipeline.control.verdict_store import BATCH, SIZE_CAP, SqliteVerdicts, cache_folder
from prr_pipeline.readiness.judge import Judged
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.reads import Reads
from prr_pipeline.readiness.verdicts import Verdict
from prr_pipeline.subjects import Subject, SubjectKind

SUBJECT = Subject(SubjectKind.OPERATION, "reports/annual.v2")
FINDING = Finding(
    Outcome.UNKNOWN,
    "It could not be seen – “why”.",
    "sha256:d",
    (Location("a b/ü.ts", 3, "x"),),
    Reason.STALE,
    {"n": 1, "names": ["a"], "none": None},
    datetime(2026, 3, 2, 12, tzinfo=UTC),
)
PART = Reads.of({("blob", "a"): "1"}, ())
WHOLE = Reads.of({("exists", "b"): "absent"}, (PART.digest,))
VERDICT = Verdict("sha256:k", Judged(FINDING, 3, {"lines": 50}), WHOLE.digest)


def filled(folder: Path) -> None:
    """A run that kept one verdict and all that it rests on."""
    store = SqliteVerdicts(folder / "v", "repo")
    store.keep(SUBJECT, {"line": VERDICT}, [PART, WHOLE])
    store.close()


def test_many_are_written_in_batches_and_the_last_at_the_end(tmp_path: Path) -> None:
    """Another run sees whole batches; this one sees everything."""
    store = SqliteVerdicts(tmp_path / "v", "repo")
    subjects = [Subject(SubjectKind.OPERATION, f"op{at}") for at in range(BATCH + 1)]
    for subject in subjects:
        store.keep(subject, {"line": VERDICT}, [PART, WHOLE])
    assert store.verdicts(subjects[-1]) == {"line": VERDICT}
    seen = SqliteVerdicts(tmp_path / "v", "repo")
    assert (seen.verdicts(subjects[0]), seen.verdicts(subjects[-1])) == ({"line": VERDICT}, {})
    store.close()
    assert SqliteVerdicts(tmp_path / "v", "repo").verdicts(subjects[-1]) == {"line": VERDICT}


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """Every field of the finding, and all that it rests on, in another run."""
    filled(tmp_path)
    later = SqliteVerdicts(tmp_path / "v", "repo")
    assert later.verdicts(SUBJECT) == {"line": VERDICT}
    assert (later.reads(WHOLE.digest), later.reads(PART.digest)) == (WHOLE, PART)


def test_repositories_and_subjects_are_kept_apart(tmp_path: Path) -> None:
    """Two monorepos may have an operation of the same name."""
    filled(tmp_path)
    assert SqliteVerdicts(tmp_path / "v", "other").verdicts(SUBJECT) == {}
    assert SqliteVerdicts(tmp_path / "v", "repo").verdicts(Subject(SubjectKind.EVENT, SUBJECT.name)) == {}


def test_another_edition_of_the_code_remembers_nothing(tmp_path: Path) -> None:
    """A check that is written anew must not speak through what the old one said; its own verdicts are kept."""
    filled(tmp_path)
    assert SqliteVerdicts(tmp_path / "v", "repo", "newer").verdicts(SUBJECT) == {}
    assert SqliteVerdicts(tmp_path / "v", "repo").verdicts(SUBJECT) == {}
    filled(tmp_path)
    assert SqliteVerdicts(tmp_path / "v", "repo").verdicts(SUBJECT) == {"line": VERDICT}


def test_an_older_edition_that_still_runs_speaks_for_no_newer_one(tmp_path: Path) -> None:
    """It opened the file before the newer one did, and writes into it afterwards."""
    older = SqliteVerdicts(tmp_path / "v", "repo", "older")
    newer = SqliteVerdicts(tmp_path / "v", "repo", "newer")
    changed = Verdict(VERDICT.key, Judged(replace(FINDING, message="As it was judged once."), 3, {}), WHOLE.digest)
    older.keep(SUBJECT, {"line": changed}, [PART, WHOLE])
    older.close()
    assert newer.verdicts(SUBJECT) == {}
    newer.keep(SUBJECT, {"line": VERDICT}, [PART, WHOLE])
    newer.close()
    again = SqliteVerdicts(tmp_path / "v", "repo", "newer")
    assert (again.verdicts(SUBJECT), again.reads(WHOLE.digest)) == ({"line": VERDICT}, WHOLE)


def test_a_folder_whose_name_is_no_utf_8_is_remembered_too(tmp_path: Path) -> None:
    """As Python gives such a name: with half surrogates in it."""
    store = SqliteVerdicts(tmp_path / "v", "/tmp/x_\udcff")
    store.keep(SUBJECT, {"line": VERDICT}, [PART, WHOLE])
    store.close()
    assert SqliteVerdicts(tmp_path / "v", "/tmp/x_\udcff").verdicts(SUBJECT) == {"line": VERDICT}


@pytest.mark.parametrize(
    "finding", [replace(FINDING, values={"n": 2**70}), replace(FINDING, message="half \ud800")], ids=["n", "half"]
)
def test_what_has_no_json_form_is_not_remembered_and_costs_nobody_else(tmp_path: Path, finding: Finding) -> None:
    """Nothing is raised; the next subject is kept."""
    store = SqliteVerdicts(tmp_path / "v", "repo")
    other = Subject(SubjectKind.OPERATION, "other")
    store.keep(SUBJECT, {"line": Verdict("sha256:k", Judged(finding, 3, {}), WHOLE.digest)}, [PART, WHOLE])
    store.keep(other, {"line": VERDICT}, [PART, WHOLE])
    store.close()
    later = SqliteVerdicts(tmp_path / "v", "repo")
    assert (later.verdicts(SUBJECT), later.verdicts(other)) == ({}, {"line": VERDICT})


def test_a_newer_set_replaces_the_older_one(tmp_path: Path) -> None:
    """A line that is asked no longer is forgotten."""
    store = SqliteVerdicts(tmp_path / "v", "repo")
    store.keep(SUBJECT, {"old": VERDICT}, [])
    store.keep(SUBJECT, {"new": VERDICT}, [])
    assert set(store.verdicts(SUBJECT)) == {"new"}


def test_what_was_never_kept_is_not_there(tmp_path: Path) -> None:
    """An unknown read-set is None, so its verdict is judged anew."""
    store = SqliteVerdicts(tmp_path / "v", "repo")
    assert (store.verdicts(SUBJECT), store.reads("sha256:none")) == ({}, None)


@pytest.mark.parametrize("content", [b"no database at all, only text", b"SQLite format 3\x00" + b"\xff" * 500])
def test_a_broken_file_answers_nothing_and_raises_nothing(tmp_path: Path, content: bytes) -> None:
    """It only ever saves time."""
    (tmp_path / "v").write_bytes(content)
    filled(tmp_path)
    store = SqliteVerdicts(tmp_path / "v", "repo")
    assert (store.verdicts(SUBJECT), store.reads(PART.digest)) == ({}, None)
    store.close()


def test_a_place_where_no_file_can_be_made_answers_nothing(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("x")
    filled(tmp_path / "file")
    assert SqliteVerdicts(tmp_path / "file" / "v", "repo").verdicts(SUBJECT) == {}


def test_a_row_that_means_nothing_is_judged_anew(tmp_path: Path) -> None:
    """Another version may have written it."""
    filled(tmp_path)
    store = SqliteVerdicts(tmp_path / "v", "repo")
    assert store._database is not None
    with store._database:
        store._database.execute("UPDATE verdicts SET body = ?", (b'{"line": ["too", "short"]}',))
        store._database.execute("UPDATE reads SET body = ?", (b"[1]",))
    again = SqliteVerdicts(tmp_path / "v", "repo")
    assert (again.verdicts(SUBJECT), again.reads(PART.digest)) == ({}, None)


def test_a_row_of_the_right_shape_that_was_changed_is_judged_anew(tmp_path: Path) -> None:
    """Its JSON can be read still, and would say something else."""
    filled(tmp_path)
    store = SqliteVerdicts(tmp_path / "v", "repo")
    assert store._database is not None
    with store._database:
        for table in ("verdicts", "reads"):
            for key, body in store._database.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608
                column = {"verdicts": "subject", "reads": "digest"}[table]
                changed = body.replace(b"unknown", b"met").replace(b'"absent"', b'"there"').replace(b'"1"', b'"2"')
                assert changed != body
                store._database.execute(f"UPDATE {table} SET body = ? WHERE {column} = ?", (changed, key))  # noqa: S608
    again = SqliteVerdicts(tmp_path / "v", "repo")
    assert (again.verdicts(SUBJECT), again.reads(PART.digest), again.reads(WHOLE.digest)) == ({}, None, None)


def test_a_row_under_another_s_name_is_judged_anew(tmp_path: Path) -> None:
    """A whole row, but of another subject and another read-set."""
    filled(tmp_path)
    other = Subject(SubjectKind.OPERATION, "other")
    store = SqliteVerdicts(tmp_path / "v", "repo")
    assert store._database is not None
    with store._database:
        store._database.execute("UPDATE verdicts SET subject = ?", (store._name(other),))
        store._database.execute("UPDATE reads SET digest = 'sha256:other' WHERE digest = ?", (PART.digest,))
    again = SqliteVerdicts(tmp_path / "v", "repo")
    assert (again.verdicts(other), again.reads("sha256:other")) == ({}, None)


def test_a_file_that_grew_too_large_is_begun_anew(tmp_path: Path) -> None:
    """Nothing collects what nobody refers to any more."""
    filled(tmp_path)
    with (tmp_path / "v").open("r+b") as file:
        file.truncate(SIZE_CAP + 1)
    assert SqliteVerdicts(tmp_path / "v", "repo").verdicts(SUBJECT) == {}
    assert (tmp_path / "v").stat().st_size < SIZE_CAP


def test_the_folder_is_the_user_s_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the convention of the desktop says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "prr_pipeline"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "prr_pipeline"
