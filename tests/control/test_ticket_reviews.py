"""Alerts reviewed on GitHub: who counts, from when on, what is unknown, and that the ledger keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.after_ga import close_watch, record_maturity
from prr_pipeline.control.alert_reviews import alert_reviews
from prr_pipeline.control.due import due_list
from prr_pipeline.control.platform_clients import PlatformClients
from prr_pipeline.control.ticket_reviews import Intake, take_in_reviews
from prr_pipeline.ledger.events import EventType
from prr_pipeline.review.roster import Roster
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import Copy, Scene, copied
from tests.platforms.asking import CANARY, FakePace
from tests.platforms.github.repository import BASE, WEB, user
from tests.platforms.local_service import LocalService, Reply, sent

KEY, BY, LABEL = "createGrant:ga", "run:test", "prr-alert-review"
NOOR, JONAS, STRANGER = 4711, 4712, 4713
NOTICE = f"reviews/{KEY}"
IDS = {"noor": NOOR, "jonas": JONAS}


def configured(scene: Scene, server: LocalService) -> None:
    """The setting, the repository on GitHub, and two people whose accounts the roster knows."""
    folder = scene.deployment.folder / "roster"
    people = yaml.safe_load((folder / "people.yaml").read_text())
    for one in people["people"]:
        one.update({"github_id": IDS[one["id"]]} if one["id"] in IDS else {})
    old = Roster.parse((folder / "allowed_signers").read_bytes(), (folder / "people.yaml").read_bytes()).digest
    (folder / "people.yaml").write_text(yaml.safe_dump(people, sort_keys=False))
    new = Roster.parse((folder / "allowed_signers").read_bytes(), (folder / "people.yaml").read_bytes()).digest
    scene.replace_settings(old, new)
    scene.set("alerts", f'review_label = "{LABEL}"')
    scene.set("platforms.github", f'owner = "acme"\nrepository = "shop"\nbase_url = "{server.url}"\nattempts = 1')


@pytest.fixture(scope="module")
def week_scene(full_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The watched week is over; one alert of it is not reviewed."""
    scene = copied(full_scene, tmp_path_factory.mktemp("week") / "d")
    beat(scene.deployment.inbox)
    assert record_maturity(scene.work, KEY, BY).state == "done"
    scene.serve(timedelta(days=6))
    scene.alert("Slow", "warning", operation_id="createGrant")
    scene.tick()
    scene.resolve("Slow", "warning", operation_id="createGrant")
    scene.serve(timedelta(days=2))
    scene.work.ledger.close()
    return scene


@pytest.fixture
def week(copy: Copy, week_scene: Scene, server: LocalService) -> Scene:
    """A copy of that week, with the setting on."""
    scene = copy(week_scene)
    configured(scene, server)
    return scene


def booked(scene: Scene) -> tuple[str, datetime]:
    """The alert's name and when the ledger took it in."""
    [alert] = alert_reviews(scene.work, scene.state(KEY))
    return alert.episode, alert.opened_at


def ticket(scene: Scene, number: int = 7, **changes: Any) -> dict[str, Any]:
    """An open ticket that names the alert."""
    found = {
        "number": number, "title": "The slow hour", "user": user(STRANGER), "labels": [{"name": LABEL}],
        "state": "open",
        "created_at": instant_text(booked(scene)[1]), "closed_at": None, "html_url": f"{WEB}/issues/{number}",
        "body": f"Alert `{booked(scene)[0]}`, as listed.",
    }  # fmt: skip
    return found | changes


def comment(scene: Scene, account: dict[str, Any] | None, *, late: int = 1, **changes: Any) -> dict[str, Any]:
    """A comment, so many hours after the alert was booked."""
    at = instant_text(booked(scene)[1] + timedelta(hours=late))
    found = {
        "user": account, "body": "A slow disk; replaced.", "created_at": at, "updated_at": at,
        "html_url": f"{WEB}/issues/7#issuecomment-1",
    }  # fmt: skip
    return found | changes


def serve(server: LocalService, tickets: list[dict[str, Any]], *comments: dict[str, Any], by: Any = None) -> None:
    """Let GitHub answer with tickets, with comments on each, and with who closed each."""
    server.at(f"{BASE}/issues", sent(tickets))
    for one in tickets:
        server.at(f"{BASE}/issues/{one['number']}/comments", sent(list(comments)))
        server.at(f"{BASE}/issues/{one['number']}", sent(one | {"closed_by": by}))


def take_in(scene: Scene) -> Intake:
    clients = PlatformClients(scene.work.settings, {"PRR_GITHUB_TOKEN": CANARY}, FakePace())
    waiting = [one for one in alert_reviews(scene.work, scene.state(KEY)) if not one.reviewed]
    return take_in_reviews(scene.work, scene.state(KEY), waiting, BY, clients)


def test_a_comment_of_the_owning_context_reviews_the_alert(week: Scene, server: LocalService) -> None:
    """It is kept with who, when, what and where; the watch closes, and GitHub is not asked again."""
    serve(server, [ticket(week)], comment(week, user(NOOR, "noor-h")))
    name, at = booked(week)
    assert take_in(week) == Intake((name,))
    [event] = week.events(EventType.ALERT_REVIEWED)
    assert event.payload == {
        "episode": name, "github_id": NOOR, "how": "comment", "person": "noor", "text": "A slow disk; replaced.",
        "reviewed_at": instant_text(at + timedelta(hours=1)), "url": f"{WEB}/issues/7#issuecomment-1",
    }  # fmt: skip
    asked = len(server.asked)
    assert close_watch(week.work, KEY, BY).state == "done"
    assert take_in(week) == Intake()
    assert len(server.asked) == asked


def test_whoever_closes_the_ticket_reviews_it_too(week: Scene, server: LocalService) -> None:
    """By the account's number, whatever its name is today."""
    at = instant_text(booked(week)[1] + timedelta(hours=2))
    serve(server, [ticket(week, state="closed", closed_at=at)], by=user(NOOR, "renamed"))
    assert take_in(week).taken == (booked(week)[0],)
    assert week.events(EventType.ALERT_REVIEWED)[0].payload["how"] == "closed"


Said = Callable[[Scene], dict[str, Any] | None]
NOT_COUNTED: dict[str, tuple[Said, str]] = {
    "another context": (lambda scene: comment(scene, user(JONAS)), "jonas is no engineer of Equity"),
    "nobody of the roster": (lambda scene: comment(scene, user(STRANGER)), "of 0 people"),
    "a name that only looks like one": (lambda scene: comment(scene, user(STRANGER, "noor")), "of 0 people"),
    "an app": (lambda scene: comment(scene, user(NOOR, "noor[bot]", "Bot")), "no person's account"),
    "an account that is gone": (lambda scene: comment(scene, None), "the account is gone"),
    "before the alert": (lambda scene: comment(scene, user(NOOR), late=-1), "older than the alert"),
    "nothing said": (lambda scene: comment(scene, user(NOOR), body="  "), "it says nothing"),
    "edited since": (
        lambda scene: comment(scene, user(NOOR), updated_at=instant_text(booked(scene)[1] + timedelta(hours=3))),
        "it was edited",
    ),
}


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_what_does_not_count_is_said(week: Scene, server: LocalService, case: str) -> None:
    """The alert stays unreviewed, and the sentence says whose word it was and why."""
    said, why = NOT_COUNTED[case]
    serve(server, [ticket(week)], said(week) or {})
    found = take_in(week)
    assert (found.taken, found.unknown, len(found.not_counted)) == ((), "", 1)
    assert f"{WEB}/issues/7: comment by" in found.words
    assert why in found.words
    assert week.events(EventType.ALERT_REVIEWED) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"body": None},
        {"body": "All is well."},
        {"body": "x{name}"},
        {"body": "{name}0"},
        {"pull_request": {"url": "x"}},
    ],
    ids=["no text", "another text", "a longer name", "a name that goes on", "a pull request"],
)
def test_a_ticket_that_does_not_name_the_alert_is_about_something_else(
    week: Scene, server: LocalService, changes: dict[str, Any]
) -> None:
    """Neither reviewed nor spoken of; a name within another is none."""
    body = changes.get("body", f"{booked(week)[0]}")
    named = changes | {"body": body.replace("{name}", booked(week)[0]) if body else body}
    serve(server, [ticket(week, **named)], comment(week, user(NOOR)))
    assert take_in(week) == Intake()


BAD: dict[str, tuple[str, Reply]] = {
    "refused": ("", sent({"message": "Bad credentials"}, status=401)),
    "not there": ("", sent({"message": "Not Found"}, status=404)),
    "a broken service": ("", sent({}, status=500)),
    "another form": ("", sent({"items": []})),
    "half a ticket": ("", sent([{"number": 7}])),
    "a page that is missing": ("", sent([], ("Link", f'<{BASE}/nowhere>; rel="next"'))),
    "no comments to be read": ("/7/comments", sent({}, status=500)),
    "comments of another form": ("/7/comments", sent([{"body": "x"}])),
    "who closed it is not told": ("/7", sent({"number": 7})),
    "another ticket": ("/7", sent({"number": 8, "state": "open", "closed_at": None, "closed_by": None})),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_reviews_nothing(week: Scene, server: LocalService, case: str) -> None:
    """Not even what was read before the fault; it is unknown, in a sentence without the token."""
    at = instant_text(booked(week)[1] + timedelta(hours=2))
    serve(server, [ticket(week, state="closed", closed_at=at)], comment(week, user(NOOR)), by=user(NOOR))
    path, reply = BAD[case]
    server.at(f"{BASE}/issues{path}", reply)
    found = take_in(week)
    assert (found.taken, found.not_counted) == ((), ())
    assert found.unknown.startswith("the reviews on GitHub are unknown: ")
    assert CANARY not in found.words
    assert week.events(EventType.ALERT_REVIEWED) == []


def test_the_run_of_the_watch_asks_and_says_what_it_found(
    week: Scene, server: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is due while alerts wait, pending with the reason, and done once the right person spoke."""
    monkeypatch.setenv("PRR_GITHUB_TOKEN", CANARY)
    beat(week.deployment.inbox)
    assert [one.asset for one in due_list(week.work)] == ["stability_watch"]
    serve(server, [ticket(week)], comment(week, user(JONAS)))
    pending = close_watch(week.work, KEY, BY)
    assert pending.state == "pending"
    assert "jonas is no engineer of Equity" in pending.why
    server.otherwise = lambda asked: sent({}, status=503)
    assert "the reviews on GitHub are unknown" in close_watch(week.work, KEY, BY).why
    assert week.notices()[NOTICE] == f"The alert reviews of {KEY} cannot be read"
    server.otherwise = None
    serve(server, [ticket(week)], comment(week, user(NOOR)))
    assert close_watch(week.work, KEY, BY).state == "done"
    assert NOTICE not in week.notices()


def test_what_cannot_be_read_is_told_until_the_promotion_is_lowered(
    week: Scene, server: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below 100% there is no watch to close, so nobody needs to mend what its reviews cannot be read from."""
    monkeypatch.setenv("PRR_GITHUB_TOKEN", CANARY)
    beat(week.deployment.inbox)
    server.otherwise = lambda asked: sent({}, status=503)
    assert close_watch(week.work, KEY, BY).state == "pending"
    assert NOTICE in week.notices()
    week.alert("Down", "critical", operation_id="createGrant")
    week.tick()
    assert not week.state(KEY).at_top
    assert NOTICE not in week.notices()


def test_without_the_setting_github_is_not_asked(week: Scene, server: LocalService) -> None:
    """Signed reviews alone stand, and no run is due for it."""
    week.replace_settings(f'review_label = "{LABEL}"\n', "")
    beat(week.deployment.inbox)
    assert take_in(week) == Intake()
    assert close_watch(week.work, KEY, BY).state == "pending"
    assert due_list(week.work) == []
    assert server.asked == []


def test_without_a_repository_the_reviews_are_unknown(week: Scene) -> None:
    """The sentence names the section that is missing."""
    file = week.deployment.settings_file
    head = file.read_text().partition("[platforms.github]")[0]
    file.write_text(head)
    week.reconnect()
    assert "[platforms.github] is not" in take_in(week).unknown


def test_who_left_the_context_reviewed_nothing(week: Scene, server: LocalService) -> None:
    """As with signatures: the roster of today decides."""
    serve(server, [ticket(week)], comment(week, user(NOOR)))
    take_in(week)
    assert alert_reviews(week.work, week.state(KEY))[0].reviewed
    folder = week.deployment.folder / "roster"
    signers, people = (folder / "allowed_signers").read_bytes(), (folder / "people.yaml").read_bytes()
    moved = yaml.safe_load(people)
    next(one for one in moved["people"] if one["id"] == "noor")["contexts"] = ["Platform"]
    (folder / "people.yaml").write_text(yaml.safe_dump(moved, sort_keys=False))
    after = Roster.parse(signers, (folder / "people.yaml").read_bytes()).digest
    week.replace_settings(Roster.parse(signers, people).digest, after)
    assert not alert_reviews(week.work, week.state(KEY))[0].reviewed
