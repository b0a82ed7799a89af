"""One run asks each thing once, within a time, and knows how old what it heard is."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from prr_pipeline.clock import FileClock
from prr_pipeline.control.asking import AskedOnce
from prr_pipeline.control.recorded_answers import answer_path
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, ChecksAt, OauthClientOf, Question, RecordsOf, Silence
from tests.control.asking_services import CLOCK, asker, naming
from tests.platforms.asking import NOW, FakePace
from tests.platforms.github.repository import HEAD, OTHER
from tests.platforms.local_service import Asked, LocalService, Reply, sent
from tests.platforms.providers import GitHubProvider


def test_equal_questions_are_asked_once(tmp_path: Path, server: LocalService) -> None:
    """An answer as well as a silence; another run asks again."""
    GitHubProvider().good(server)
    found = naming(tmp_path, server.url, "github")
    run = asker(found)
    assert run.ask(ChecksAt(HEAD)) is run.ask(ChecksAt(HEAD))
    assert len(server.asked) == 2
    assert run.ask(ChecksAt(OTHER)) is run.ask(ChecksAt(OTHER))
    assert len(server.asked) == 3
    asker(found).ask(ChecksAt(HEAD))
    assert len(server.asked) == 5


def test_another_process_asks_for_itself(tmp_path: Path, server: LocalService) -> None:
    """What is known goes with it; clients and tokens do not."""
    GitHubProvider().good(server)
    run = asker(naming(tmp_path, server.url, "github"))
    run.ask(ChecksAt(HEAD))
    there: AskedOnce = copy.copy(run)
    assert there.ask(ChecksAt(HEAD)) == run.ask(ChecksAt(HEAD))
    assert len(server.asked) == 2
    assert isinstance(there.ask(ChecksAt(OTHER)), Silence)
    assert len(server.asked) == 3


def test_all_questions_together_have_a_time(tmp_path: Path, server: LocalService) -> None:
    """What is asked after it is silence at once; what was told before stays told."""
    pace = FakePace()

    def slow(asked: Asked) -> Reply:
        pace.waited.append(4.0)
        return routes[asked.path](asked) if asked.path in routes else sent({}, status=404)

    GitHubProvider().good(server)
    routes = dict(server.routes)
    server.otherwise = slow
    found = naming(tmp_path, server.url, "github", "resolver", more='[platforms]\ntotal_timeout = "10s"\n')
    run = asker(found, pace)
    assert isinstance(run.ask(ChecksAt(HEAD)), Answer)
    assert isinstance(run.ask(ChecksAt(OTHER)), Silence)
    before = len(server.asked)
    later: list[Question[Any]] = [ChecksAt("c" * 40), RecordsOf("a.acme.example")]
    for question in later:
        silent = run.ask(question)
        assert isinstance(silent, Silence)
        assert silent.reason is Reason.SOURCE_SILENT
        assert silent.message == (
            "The services took more than the 10 s that one run may ask in all; ask about fewer subjects at once, or "
            "raise platforms.total_timeout."
        )
    assert len(server.asked) == before
    assert isinstance(run.ask(ChecksAt(HEAD)), Answer)


def test_no_retry_outlasts_the_time(tmp_path: Path, server: LocalService) -> None:
    """A wait that would is cut short, and then nothing is asked again."""
    pace = FakePace(drawn=0.99)
    server.otherwise = lambda asked: sent({}, status=500)
    found = naming(tmp_path, server.url, "github", more='[platforms]\ntotal_timeout = "2s"\n')
    github = found.platforms.github
    patient = github and github.model_copy(update={"attempts": 10})
    run = asker(found.model_copy(update={"platforms": found.platforms.model_copy(update={"github": patient})}), pace)
    assert isinstance(run.ask(ChecksAt(HEAD)), Silence)
    assert sum(pace.waited) <= 2.1


def test_time_between_questions_is_not_counted(tmp_path: Path, server: LocalService) -> None:
    """Judging takes what it takes."""
    GitHubProvider().good(server)
    pace = FakePace()
    run = asker(naming(tmp_path, server.url, "github", more='[platforms]\ntotal_timeout = "10s"\n'), pace)
    pace.waited.append(3600.0)
    assert isinstance(run.ask(ChecksAt(HEAD)), Answer)


def test_how_old_the_oldest_answer_is_is_known(tmp_path: Path, server: LocalService) -> None:
    """A silence of a service counts as heard; that nobody may be asked does not change by waiting."""
    FileClock(tmp_path / "clock.json").set(NOW)
    more = f'{CLOCK}[platforms]\nrecorded = "answers"\n'
    run = asker(naming(tmp_path, server.url, more=CLOCK))
    assert run.oldest is None
    run.ask(OauthClientOf("c"))
    assert run.oldest is None
    place = tmp_path / "answers" / answer_path(RecordsOf("a.example"))
    place.parent.mkdir(parents=True)
    read_at = NOW - timedelta(minutes=40)
    place.write_text(json.dumps({"read_at": read_at.isoformat(), "source": "x", "value": []}))
    run = asker(naming(tmp_path, server.url, "github", more=more))
    run.ask(ChecksAt(HEAD))
    assert run.oldest == NOW
    run.ask(RecordsOf("a.example"))
    assert run.oldest == read_at
