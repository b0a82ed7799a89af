"""The composition root and what it reads: settings, roster, calendars, repository, each fault as one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock, LapsedClock, SystemClock
from prr_pipeline.control.git_history import GitHistory
from prr_pipeline.control.monorepo import commit_to_judge, open_head, operation_facts, prr_document_path
from prr_pipeline.control.workplace import connect, ledger_url, load_roster, make_clock
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.settings import LedgerSettings
from prr_pipeline.subjects import Subject, SubjectKind
from tests.control.scene import SPEC, Scene


def test_without_settings_there_is_no_workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the way out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    with pytest.raises(PrrError, match=r"No prr\.toml here or in any folder above; give --settings"):
        connect()


def test_the_clock_is_the_settings(empty: Scene, tmp_path: Path) -> None:
    """File, time-lapse or the system's."""
    assert isinstance(make_clock(empty.work.settings), FileClock)
    empty.replace_settings('kind = "file"', 'kind = "system"')
    assert isinstance(make_clock(empty.work.settings), SystemClock)
    LapsedClock.start(empty.deployment.clock_file, datetime(2026, 1, 1, tzinfo=UTC), 60)
    empty.replace_settings('kind = "system"', 'kind = "lapsed"')
    assert make_clock(empty.work.settings).factor == 60


def test_a_relative_ledger_lies_beside_the_settings(empty: Scene) -> None:
    """Wherever the process runs; an absolute one and another database stay as they are."""
    own = empty.work.settings
    assert ledger_url(own) == f"sqlite:///{empty.deployment.folder}/.prr/ledger.sqlite"
    for url in ("postgresql://ledger.internal/prr", "sqlite:////var/lib/prr/ledger.sqlite"):
        assert ledger_url(own.model_copy(update={"ledger": LedgerSettings(url=url)})) == url


def test_without_a_council_nothing_is_signed(empty: Scene) -> None:
    """The settings name who may."""
    file = empty.deployment.settings_file
    text = file.read_text()
    start = text.index("[council]")
    file.write_text(text[:start] + text[text.index("[alerts]") :])
    empty.reconnect()
    with pytest.raises(Refused, match=r"have no \[council\]"):
        _ = empty.work.roster


def test_a_roster_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """With what belongs into the folder."""
    with pytest.raises(PrrError, match=r"holds allowed_signers and people\.yaml"):
        load_roster(tmp_path)


def test_the_roster_is_read_anew_at_each_use(empty: Scene) -> None:
    """A change of the files is seen at once, however much is remembered of their parse."""
    assert set(empty.work.roster.people) >= {"mara", "noor"}
    people = empty.deployment.folder / "roster" / "people.yaml"
    people.write_text(people.read_text() + "\n")
    with pytest.raises(Refused, match="differs from the pinned"):
        _ = empty.work.roster


@pytest.mark.parametrize("key", ["", "createGrant", "createGrant:gamma", "\udcff", "a" * 10_000])
def test_a_key_without_a_promotion_lists_the_open_ones(signed: Scene, key: str) -> None:
    """Whatever was typed."""
    with pytest.raises(PrrError, match=r"Open ones: createGrant:beta\."):
        signed.work.state(key)


def test_a_rota_is_optional_and_a_named_one_must_be_there(empty: Scene) -> None:
    """Missing is unknown, not "nobody"."""
    assert empty.work.rota is not None
    (empty.deployment.folder / "rota.ics").unlink()
    with pytest.raises(Unreadable, match=r"rota\.ics cannot be read"):
        _ = empty.work.rota
    empty.replace_settings('rota = "rota.ics"\n', "")
    assert empty.work.rota is None


def test_the_head_is_that_of_the_tracked_ref(empty: Scene) -> None:
    """And a ref that is not there is named."""
    assert open_head(empty.work).commit == empty.commit_id("HEAD")
    empty.replace_settings('ref = "HEAD"', 'ref = "HEAD~1"')
    assert open_head(empty.work).commit == empty.commit_id("HEAD~1")
    empty.replace_settings('ref = "HEAD~1"', 'ref = "refs/heads/gone"')
    with pytest.raises(PrrError, match="gone"):
        open_head(empty.work)


def test_what_the_context_map_says_of_a_subject(empty: Scene) -> None:
    """Operations and services by their own tables; nothing declared is nothing known."""
    head = open_head(empty.work)
    assert operation_facts(empty.work, head, Subject.parse("createEntity")).context == "Entity lifecycle"
    assert operation_facts(empty.work, head, Subject(SubjectKind.SERVICE, "ledger")).context is None
    empty.edit("ops/contexts.yaml", lambda text: text + "\nservices:\n  ledger: Equity\n")
    empty.commit()
    service = Subject(SubjectKind.SERVICE, "ledger")
    assert operation_facts(empty.work, open_head(empty.work), service).context == "Equity"


def test_the_document_of_an_odd_name_stays_in_its_folder(empty: Scene) -> None:
    """Percent-encoded: no slash of a name becomes a folder."""
    profile = empty.work.profile_at(open_head(empty.work))
    for name in ("reports/annual.v2", "../../etc/passwd", "..", "."):
        path = prr_document_path(profile, Subject(SubjectKind.OPERATION, name))
        assert path.startswith("apps/api/__gates__/prod-readiness/")
        assert path.count("/") == 4
        assert ".." not in path.split("/")


def test_the_judged_commit_is_the_last_that_ci_covered(empty: Scene) -> None:
    """Filing signatures makes nothing stale; code does."""
    head = open_head(empty.work)
    profile = empty.work.profile_at(head)
    subject = Subject.parse("createGrant")
    covered = head.commit
    empty.edit("apps/api/__gates__/prod-readiness/note.md", lambda _: "A note.\n")
    empty.commit()
    judged = commit_to_judge(empty.work, profile, subject)
    assert (judged.commit, judged.complete) == (covered, True)
    empty.edit("README.md", lambda text: text + "\nMore.\n")
    empty.commit()
    judged = commit_to_judge(empty.work, profile, subject)
    assert (judged.commit, judged.complete) == (covered, False)


def test_history_tells_since_when_an_operation_stands_in_the_specification(empty: Scene) -> None:
    """A commit whose specification is broken makes no operation newer; one that lacks it does."""

    def since() -> datetime | None:
        return GitHistory(empty.work.repository, empty.commit_id("HEAD"), SPEC).operation_since("createGrant")

    before = since()
    assert before is not None
    assert before < datetime(2026, 6, 1, tzinfo=UTC)
    empty.edit(SPEC, lambda text: text + "\n  - : [\n")
    empty.commit()
    empty.revert()
    assert since() == before
    empty.edit(SPEC, lambda text: text.replace("operationId: createGrant\n", "operationId: makeGrant\n"))
    empty.commit()
    empty.revert()
    after = since()
    assert after is not None
    assert after - before > timedelta(days=30)


def test_history_without_a_specification_or_a_path_knows_nothing(empty: Scene) -> None:
    """None, not a guess."""
    history = GitHistory(empty.work.repository, empty.commit_id("HEAD"), None)
    assert history.operation_since("createGrant") is None
    assert history.last_changed_at("no/such/file") is None
    assert history.last_changed_at(SPEC) is not None
