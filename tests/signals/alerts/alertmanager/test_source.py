"""The Alertmanager source: its contract, each bad answer, silences, and alerts in number."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import UnknownName
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.signals.alerts.alertmanager.asking import GRAVE
from prr_pipeline.signals.alerts.alertmanager.source import MAX_EPISODES, Alertmanager
from prr_pipeline.signals.alerts.source import alert_source
from tests.contracts.alert_source import NOW, STARTED, AlertSourceContract
from tests.platforms.asking import CANARY
from tests.platforms.local_service import Reply, closed_port, sent
from tests.signals.alerts.alertmanager.api import STATUS, Api, alert, suppressed, text, value_of, watchdog
from tests.signals.alerts.alertmanager.bad_answers import BROKEN, SILENT


class TestContract(AlertSourceContract):
    """Alertmanager keeps the rules of every alert source."""

    @pytest.fixture(autouse=True)
    def _world(self, api: Api) -> None:
        self.api = api
        self.api.alerts = []

    def source(self) -> Alertmanager:
        return self.api.source()

    def come_alive(self) -> None:
        self.api.alerts.append(watchdog())

    def fire(self, fingerprint: str, operation: str, severity: str) -> None:
        labels = {"alertname": "HighErrors", "operation_id": operation, "severity": severity}
        self.api.alerts.append(alert(fingerprint, labels=labels))

    def resolve(self, fingerprint: str, operation: str, severity: str) -> None:
        self.api.alerts = [one for one in self.api.alerts if one["fingerprint"] != fingerprint]

    def break_answer(self) -> None:
        whole = json.dumps(self.api.alerts).encode()
        self.api.answer_list(Reply(200, whole[:-1] + b', {"fing', promised=len(whole) + 999))


def test_it_is_found_by_its_name(api: Api, tmp_path: Path) -> None:
    """The settings name it ``alertmanager``; other names list it."""
    assert isinstance(alert_source("alertmanager", {"url": api.service.url}, tmp_path), Alertmanager)
    with pytest.raises(UnknownName, match="alertmanager, inbox"):
        alert_source("alertmanger", {}, tmp_path)


@pytest.mark.parametrize("bad", [*BROKEN.values(), *SILENT.values()], ids=[*BROKEN, *SILENT])
def test_a_bad_answer_is_unknown(api: Api, caplog: pytest.LogCaptureFixture, bad: Callable[[Api], None]) -> None:
    """It is an incomplete reading with a sentence in which no secret shows; nothing raises, nothing is clear."""
    caplog.set_level(logging.DEBUG)
    bad(api)
    source = api.source(max_bytes=16_384)
    reading = source.read(NOW)
    assert not reading.complete
    assert reading.why[0].isupper()
    assert reading.why.endswith(".")
    assert "\n" not in reading.why
    assert CANARY not in repr(reading) + caplog.text
    assert [e for e in reading.episodes if e.severity is not Severity.INFO] == []
    assert value_of(source) == "unknown"


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
def test_a_bad_answer_hides_no_firing_alert(api: Api, bad: Callable[[Api], None]) -> None:
    """A critical alert that can be read stays firing, whatever stands beside it."""
    api.alerts.append(alert("f1"))
    bad(api)
    source = api.source(max_bytes=16_384)
    assert ("f1", STARTED) in [episode.key for episode in source.read(NOW).episodes]
    assert value_of(source) == "firing"


def test_nobody_listens(api: Api) -> None:
    """A port on which nothing runs is unknown, with the address in the sentence."""
    port = closed_port()
    reading = api.source(url=f"http://127.0.0.1:{port}").read(NOW)
    assert (reading.complete, reading.episodes) == (False, ())
    assert f"http://127.0.0.1:{port} cannot be reached" in reading.why


def test_a_missing_token_is_unknown(api: Api) -> None:
    """Without its variable nothing is asked, and the sentence names the variable."""
    reading = api.source(token_variable="PRR_NOBODY_SET_THIS").read(NOW)
    assert not reading.complete
    assert "PRR_NOBODY_SET_THIS is not set" in reading.why
    assert api.service.asked == []


def test_it_asks_for_every_state_with_its_matchers_and_token(api: Api) -> None:
    """Silenced and inhibited alerts too; each matcher is a filter; the token stands in the header alone."""
    matchers = ['service=~"grants|identity|"', 'env="production"']
    assert value_of(api.source(matchers=matchers)) == "clear"
    first, second = api.service.asked
    states = ("active", "silenced", "inhibited", "unprocessed")
    assert [first.parameter(state) for state in states] == ["true"] * 4
    assert [value for name, value in first.query if name == "filter"] == matchers
    assert (second.path, second.query) == (STATUS, ())
    assert {asked.headers["Authorization"] for asked in api.service.asked} == {f"Bearer {CANARY}"}
    assert {asked.method for asked in api.service.asked} == {"GET"}


def test_a_name_and_password_go_as_basic_authorization(api: Api) -> None:
    """The variable then holds ``name:password``; Alertmanager itself knows no other way."""
    api.source(token_scheme="basic").read(NOW)
    assert api.service.asked[0].headers["Authorization"] == "Basic " + b64encode(CANARY.encode()).decode()


def test_what_passes_is_asked_again_after_a_drawn_wait(api: Api) -> None:
    """One failure does not make the answer unknown."""
    left = [Reply(500), sent(api.alerts)]
    api.answer_list(lambda asked: left.pop(0))
    assert value_of(api.source()) == "clear"
    assert api.pace.waited == [0.25]


def test_what_came_of_the_first_attempt_counts_if_the_second_brings_nothing(api: Api) -> None:
    """A firing alert that was read once in this look is not lost with a later failure."""
    cut = Reply(200, json.dumps([alert("f1")]).encode()[:-1], promised=9_999)
    left = [cut, Reply(500)]
    api.answer_list(lambda asked: left.pop(0))
    assert value_of(api.source()) == "firing"


@pytest.mark.parametrize("by", ["silencedBy", "inhibitedBy"])
@pytest.mark.parametrize(("severity", "expected"), [("critical", "unknown"), ("warning", "unknown"), ("info", "clear")])
def test_a_suppressed_alert_is_unknown(api: Api, by: str, severity: str, expected: str) -> None:
    """A silence proves no health, and takes no proof from the rest: the reading is complete."""
    labels = {"alertname": "HighErrors", "severity": severity, "operation_id": "createGrant"}
    api.alerts.append(alert("f1", labels=labels, status=suppressed(by)))
    reading = api.source().read(NOW)
    assert reading.complete
    assert [episode.suppressed for episode in reading.episodes] == [True]
    assert value_of(api.source()) == expected


def test_a_suppressed_alert_fires_if_the_settings_say_so(api: Api) -> None:
    """The stricter setting: a silence is for people, and holds no lowering back."""
    api.alerts.append(alert("f1", status=suppressed("silencedBy")))
    assert value_of(api.source(suppressed="firing")) == "firing"


def test_what_is_not_processed_yet_fires(api: Api) -> None:
    """Prometheus says that it fires; only whether somebody silenced it is not known yet."""
    api.alerts.append(alert("f1", status={"inhibitedBy": [], "silencedBy": [], "state": "unprocessed"}))
    assert value_of(api.source()) == "firing"


@pytest.mark.parametrize("severity", ["", "fancy", "P1"])
def test_a_severity_unheard_of_holds(api: Api, severity: str) -> None:
    """It is a sound answer: the alert counts as one of severity other."""
    api.alerts.append(alert("f1", labels={"alertname": "A", "severity": severity, "operation_id": "createGrant"}))
    reading = api.source().read(NOW)
    assert (reading.complete, [e.severity for e in reading.episodes]) == (True, [Severity.OTHER])


def test_an_end_of_zero_has_not_come(api: Api) -> None:
    """Go's zero time stands for "not yet"."""
    api.alerts.append(alert("f1", endsAt="0001-01-01T00:00:00Z"))
    reading = api.source().read(NOW)
    assert (reading.complete, [e.ends_at for e in reading.episodes]) == (True, [None])


def test_the_key_is_the_fingerprint_and_the_start_in_milliseconds(api: Api) -> None:
    """Equal to that of the webhook, which has microseconds, so that both sources tell of the same episode."""
    api.alerts.append(alert("f1", startsAt="2026-03-02T12:00:00.123999+01:00"))
    assert [e.key for e in api.source().read(NOW).episodes] == [("f1", STARTED)]


def test_halves_of_characters_are_replaced(api: Api) -> None:
    """They would break every later sink, and hide the alert with it."""
    api.answer_list(Reply(200, json.dumps([watchdog(), alert("f1")]).replace("too many", "\\ud800").encode()))
    [episode] = api.source().read(NOW).episodes
    assert episode.summary == "? errors"


def test_each_watchdog_must_bark(api: Api) -> None:
    """One per Prometheus: a second one that is missing leaves the reading incomplete, and is named."""
    named = [{"alertname": "Watchdog"}, {"alertname": "Watchdog", "cluster": "eu"}]
    reading = api.source(watchdogs=named).read(NOW)
    assert not reading.complete
    assert "(alertname=Watchdog, cluster=eu)" in reading.why


def test_a_watchdog_is_no_alert(api: Api) -> None:
    """It neither fires nor is booked, whatever its severity."""
    labels = {"alertname": "DeadMansSwitch", "severity": "critical"}
    api.alerts = [{**watchdog(), "labels": labels}]
    reading = api.source(watchdogs=[{"alertname": "DeadMansSwitch"}]).read(NOW)
    assert (reading.complete, reading.episodes) == (True, ())


def test_an_answer_older_than_one_before_is_unknown(api: Api) -> None:
    """A cache or a lagging copy answered: what fires since may be missing."""
    source = api.source()
    assert source.read(NOW).complete
    api.alerts = [watchdog(updatedAt=text(NOW - timedelta(seconds=90)))]
    reading = source.read(NOW)
    assert not reading.complete
    assert "older than an answer before" in reading.why


def many(count: int) -> list[str]:
    """So many alerts of severity info, each as JSON, of which the 2,001st is critical."""
    mild = json.dumps({**alert("FFFF", labels={"alertname": "A", "severity": "info"}), "annotations": {}})
    found = [mild.replace("FFFF", f"e{number:07x}") for number in range(count)]
    found[2_000] = json.dumps(alert("f1"))
    return found


def test_a_hundred_thousand_alerts_are_read_up_to_the_cap(api: Api) -> None:
    """What comes before the cap of bytes still counts; the reading is incomplete and names the setting."""
    api.answer_list(Reply(200, f"[{','.join(many(100_000))}]".encode()))
    reading = api.source(attempts=1, max_bytes=1_048_576).read(NOW)
    assert not reading.complete
    assert "alerts.options.max_bytes" in reading.why
    assert reading.episodes[0].key == ("f1", STARTED)
    assert len(reading.episodes) > 2_000


def test_behind_the_cap_what_rolls_back_is_asked_for_by_its_severity(api: Api) -> None:
    """In the same list and with the same matchers; the reading stays incomplete."""
    long = Reply(200, json.dumps([alert("f2", labels={"alertname": "A" * 300_000, "severity": "info"})]).encode())
    api.answer_list(lambda asked: sent([alert("f1")]) if GRAVE in dict(asked.query).values() else long)
    reading = api.source(attempts=1, max_bytes=16_384, matchers=['env="production"']).read(NOW)
    assert (reading.complete, [e.key for e in reading.episodes]) == (False, [("f1", STARTED)])
    assert [value for name, value in api.service.asked[1].query if name == "filter"] == ['env="production"', GRAVE]


def test_a_wait_beyond_the_budget_is_not_begun(api: Api) -> None:
    """A server that asks for two hours of patience gets none of the tick's time."""
    api.answer_list(sent({}, ("Retry-After", "7200"), status=429))
    reading = api.source().read(NOW)
    assert "is rate limited" in reading.why
    assert (api.pace.waited, len(api.service.asked)) == ([], 1)


def test_of_too_many_alerts_the_worst_are_kept(api: Api) -> None:
    """The ledger books what is read, and a storm must not drown the one that matters."""
    api.answer_list(Reply(200, f"[{json.dumps(watchdog())},{','.join(many(MAX_EPISODES + 1))}]".encode()))
    reading = api.source().read(NOW)
    assert reading.why == "It lists 20001 alerts; the worst 20000 are kept."
    assert (len(reading.episodes), reading.episodes[0].key) == (MAX_EPISODES, ("f1", STARTED))


def test_what_another_address_lists_does_not_count(api: Api) -> None:
    """A redirect drops the matchers, so its alerts may be those of any environment."""
    api.alerts.append(alert("f1"))
    SILENT["redirect to itself without matchers"](api)
    reading = api.source().read(NOW)
    assert (reading.complete, reading.episodes) == (False, ())


def test_a_host_that_cannot_prove_itself_is_unknown(api: Api) -> None:
    """What answers there speaks no TLS, so nobody knows who it is; the token is not sent."""
    reading = api.source(url=api.service.url.replace("http://", "https://")).read(NOW)
    assert not reading.complete
    assert "cannot prove by TLS that it is that host" in reading.why
    assert api.service.asked == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("no Watchdog", "The Watchdog (alertname=Watchdog) is not among the alerts"),
        ("an old Watchdog", "was last heard at 2026-03-02T11:56:59.000000Z, more than 180 s ago"),
        ("a Watchdog in the future", "was heard in the future (2026-03-02T12:01:00.000000Z): a clock is wrong"),
        ("a Watchdog without updatedAt", "has no readable updatedAt"),
        ("a Watchdog that only just barks", "barks only since 2026-03-02T11:59:00.000000Z, less than 120 s ago"),
        ("just started", "was started at 2026-03-02T11:59:00.000000Z, less than 120 s ago"),
        ("started in the future", "was started in the future (2026-03-02T12:01:00.000000Z): a clock is wrong"),
        ("no fingerprint", "Alert 2 of the list has no fingerprint."),
        ("cut in mid-list", "The list of alerts is cut off or broken after 1 alerts."),
        ("one fingerprint twice", "The list holds 1 fingerprints more than once."),
        ("start not told", "another form than documented, at uptime (missing)"),
        ("400", "does not understand the matchers (status 400)"),
        ("401", "does not take the credential (status 401); renew it, or correct alerts.options.token_variable"),
        ("404", "has no such API (status 404); correct alerts.options.url"),
        ("redirect to itself without matchers", "/api/v2/alerts redirects, which is not followed"),
        ("redirect to a foreign host", "/api/v2/alerts redirects, which is not followed"),
    ],
)
def test_the_sentence_says_what_is_wrong(api: Api, bad: str, words: str) -> None:
    """With the instant, the limit or the place that a person needs to mend it."""
    {**BROKEN, **SILENT}[bad](api)
    assert words in api.source().read(NOW).why


@pytest.mark.parametrize("order", [1, -1], ids=["silenced first", "silenced last"])
def test_of_twins_the_one_that_is_not_silenced_counts(api: Api, order: int) -> None:
    """An answer that says both cannot be right; what may be worse holds."""
    twins = [alert("f1", status=suppressed("silencedBy")), alert("f1")]
    api.alerts += twins[::order]
    reading = api.source().read(NOW)
    assert (reading.complete, [e.suppressed for e in reading.episodes]) == (False, [False])
    assert value_of(api.source()) == "firing"
