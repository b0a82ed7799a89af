"""Every bad answer about a metric is unknown, with one sentence that says why: none raises, and none is evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.metrics import MetricAnswer
from prr_pipeline.signals.metrics.prometheus import Prometheus
from prr_pipeline.signals.metrics.prometheus_options import PrometheusOptions
from tests.contracts.metric_source import NOW, SINCE, STEADY, expected, question, shown
from tests.platforms.asking import CANARY, FakePace
from tests.platforms.local_service import Asked, LocalService, Reply, closed_port
from tests.signals.metrics.played_prometheus import Body, Spoil, changed, play, value_set

POLICY = CanaryPolicy()
HTML = Reply(200, f"<html>{CANARY}</html>".encode(), content_type="text/html; charset=utf-8")
FOREIGN = ("Location", f"https://login.example.net/?token={CANARY}")
ERROR = {"status": "error", "errorType": "timeout", "error": CANARY}


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A fresh local service."""
    with LocalService() as running:
        yield running


def read_from(url: str, **options: object) -> MetricAnswer:
    """The answer of a source that is asked there, with a planted token."""
    given = {
        "url": url,
        "token_variable": "PRR_TOKEN",
        "read_timeout_seconds": 1,
        "total_timeout_seconds": 1,
        **options,
    }
    source = Prometheus(PrometheusOptions.read(given, Path()), {"PRR_TOKEN": CANARY})
    return source.read(question(), NOW)


def require_unknown(answer: MetricAnswer, words: str) -> None:
    """One sentence with these words and no secret; as evidence it changes nothing, so it lowers nothing."""
    assert words in answer.fault
    assert answer.fault.endswith(".")
    assert "\n" not in answer.fault
    assert CANARY not in answer.fault
    assert answer.arms is None
    before = Evidence.begin(Stay("createGrant:beta", 1, 1, answer.metric), SINCE, POLICY)
    assert before.add(answer, POLICY) == before


REPLIES: dict[str, tuple[Reply, str]] = {
    "401": (Reply(401, CANARY.encode()), "status 401"),
    "403": (Reply(403), "status 403"),
    "404": (Reply(404), "status 404"),
    "429": (Reply(429, headers=(("Retry-After", "7200"),)), "rate limited"),
    "400, a bad query": (Reply(400, json.dumps(ERROR).encode()), "unexpected status 400"),
    "422": (Reply(422), "unexpected status 422"),
    "500": (Reply(500), "out of order (status 500)"),
    "503": (Reply(503), "out of order (status 503)"),
    "no answer in time": (Reply(hangs=True), "did not answer in time"),
    "bytes that drip": (Reply(200, b" " * 400, drips=True), "did not answer in time"),
    "cut-off body": (Reply(200, b'{"status": "succ', promised=9_999), "broke off"),
    "cut JSON": (Reply(200, b'{"status": "success", "data": {"res'), "cut off or broken"),
    "doubled key": (Reply(200, b'{"status": "success", "status": "success"}'), "cut off or broken"),
    "HTML": (HTML, "it is HTML"),
    "nothing": (Reply(200, b""), "cut off or broken"),
    "redirect to a log-in page": (Reply(302, b"", (FOREIGN,)), "redirects to login.example.net"),
    "200 with an error": (Reply(200, json.dumps(ERROR).encode()), "another form than documented"),
    "another kind of result": (
        Reply(200, b'{"status": "success", "data": {"resultType": "scalar", "result": [1, "1"]}}'),
        "another form than documented",
    ),
}
"""Replies to every question."""


@pytest.mark.parametrize(("reply", "words"), REPLIES.values(), ids=REPLIES)
def test_a_reply_that_is_no_answer_is_unknown(server: LocalService, reply: Reply, words: str) -> None:
    """Whatever is asked."""
    server.otherwise = lambda asked: reply
    require_unknown(read_from(server.url), words)


@pytest.mark.parametrize(("reply", "words"), REPLIES.values(), ids=REPLIES)
def test_one_bad_reply_among_good_ones_is_unknown(server: LocalService, reply: Reply, words: str) -> None:
    """The last question of all: what came before it is half an answer."""

    def spoil(asked: Asked, body: Body) -> Body | Reply:
        query = asked.parameter("query") or ""
        return reply if asked.path.endswith("range") and "requests" in query and '"off"' in query else body

    play(server, spoil)
    require_unknown(read_from(server.url), words)


RANGES: dict[str, tuple[Spoil, str]] = {
    "no series": (changed(list.clear), "gives no series"),
    "NaN": (value_set("NaN"), "NaN or infinity"),
    "+Inf": (value_set("+Inf"), "NaN or infinity"),
    "-Inf": (value_set("-Inf"), "NaN or infinity"),
    "no number": (value_set("many"), "no number"),
    "a number that is none of text": (value_set(5), "another form than documented"),
    "null": (value_set(None), "another form than documented"),
    "a negative count": (value_set("-1"), "no count"),
    "a share": (value_set("0.25"), "no count"),
    "too large to be exact": (value_set("1e300"), "no count"),
    "warnings": (lambda body: body | {"warnings": [CANARY]}, "1 warning(s)"),
    "a series too many": (
        changed(lambda r: r.append({**r[0], "metric": {**r[0]["metric"], "instance": "b"}})),
        "series have a total",
    ),
    "a series twice": (changed(lambda r: r.append(r[0])), "two series of equal labels"),
    "no variant label": (changed(lambda r: r[0]["metric"].pop("variant")), "without the label variant"),
    "another variant": (changed(lambda r: r[0]["metric"].update(variant="blue")), "another variant"),
    "another operation": (changed(lambda r: r[0]["metric"].update(operation_id="x")), "another operation_id"),
    "another service": (changed(lambda r: r[0]["metric"].update(service="x")), "another service"),
    "a sample between the borders": (
        changed(lambda r: r[0]["values"][-1].__setitem__(0, r[0]["values"][-1][0] - 1)),
        "times that were not asked",
    ),
    "a sample twice": (changed(lambda r: r[0]["values"].append(r[0]["values"][-1])), "times that were not asked"),
    "a sample missing": (changed(lambda r: r[0]["values"].pop()), "the same samples"),
    "a counter that shrank by a little": (
        changed(lambda r: [one.__setitem__(1, str(9_000 - n)) for n, one in enumerate(r[0]["values"])]),
        "shrank from",
    ),
}
"""Answers to the question for all requests of the new version."""


@pytest.mark.parametrize(("spoil", "words"), RANGES.values(), ids=RANGES)
def test_an_answer_that_says_nothing_is_unknown(server: LocalService, spoil: Spoil, words: str) -> None:
    """It came whole, as success, and with a sound control arm."""

    def one_of_them(asked: Asked, body: Body) -> Body:
        query = asked.parameter("query") or ""
        return spoil(body) if asked.path.endswith("range") and "requests" in query and '"on"' in query else body

    play(server, one_of_them)
    require_unknown(read_from(server.url), words)


def newest(text: str) -> Spoil:
    """Another time of the newest sample."""
    return changed(lambda result: result[0]["value"].__setitem__(1, text))


INSTANTS: dict[str, tuple[Spoil, str]] = {
    "no series": (changed(list.clear), "gives no series"),
    "no variant label": (changed(lambda r: r[0]["metric"].pop("variant")), "without the label variant"),
    "an old timestamp": (newest(str(SINCE.timestamp() + 10)), "no bucket since"),
    "a timestamp before time": (newest("-5"), "no time"),
    "a timestamp in the future": (newest(str(NOW.timestamp() + 60)), "in the future"),
    "NaN": (newest("NaN"), "NaN or infinity"),
    "warnings": (lambda body: body | {"warnings": ["partial"]}, "1 warning(s)"),
}
"""Answers to the question how new the new version's samples are."""


@pytest.mark.parametrize(("spoil", "words"), INSTANTS.values(), ids=INSTANTS)
def test_samples_of_no_known_age_are_unknown(server: LocalService, spoil: Spoil, words: str) -> None:
    """Old ones are no evidence of now."""
    play(server, lambda asked, body: spoil(body) if asked.path == "/api/v1/query" else body)
    require_unknown(read_from(server.url), words)


def test_a_service_that_is_not_there_is_unknown() -> None:
    """Nobody listens on that port."""
    require_unknown(read_from(f"http://127.0.0.1:{closed_port()}"), "cannot be reached")


@pytest.mark.parametrize("reply", [Reply(401, CANARY.encode()), HTML], ids=["401", "a page"])
def test_a_look_whether_it_answers_takes_no_bad_answer_for_one(server: LocalService, reply: Reply) -> None:
    """One sentence without a secret, as for a metric."""
    server.otherwise = lambda asked: reply
    given = {"url": server.url, "token_variable": "PRR_TOKEN"}
    source = Prometheus(PrometheusOptions.read(given, Path()), {"PRR_TOKEN": CANARY})
    with pytest.raises(PrrError) as caught:
        source.reach(NOW)
    assert server.url in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_name_that_leads_nowhere_is_unknown() -> None:
    """The top-level domain is reserved for that."""
    require_unknown(read_from("https://prometheus.invalid"), "cannot be reached")


def test_a_service_without_the_right_certificate_is_unknown(server: LocalService) -> None:
    """It does not speak TLS at all."""
    answer = read_from(server.url.replace("http://127.0.0.1", "https://localhost"))
    assert answer.fault
    require_unknown(answer, "metrics.options")


def test_a_token_that_is_not_set_is_unknown(server: LocalService) -> None:
    """Nothing is asked without it."""
    play(server)
    require_unknown(read_from(server.url, token_variable="PRR_OTHER"), "PRR_OTHER is not set")
    assert server.asked == []


def test_a_metric_without_queries_is_unknown(server: LocalService) -> None:
    """The sentence lists those that have some."""
    slow = replace(question(), metric="slow")
    source = Prometheus(PrometheusOptions.read({"url": server.url}, Path()))
    require_unknown(source.read(slow, NOW), "Valid: errors")


def test_the_answers_before_they_are_spoiled_are_sound(server: LocalService) -> None:
    """And the token is sent with each question; all are GET."""
    play(server)
    assert shown(read_from(server.url)) == expected(STEADY)
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {CANARY}"}
    assert {asked.method for asked in server.asked} == {"GET"}


def test_a_page_that_does_not_come_makes_all_unknown(server: LocalService) -> None:
    """Two days are two pages; the second one is missing."""
    early = question(since=SINCE.replace(day=1, hour=11))

    def spoil(asked: Asked, body: Body) -> Body | Reply:
        last = asked.path.endswith("range") and int(asked.parameter("end") or 0) >= SINCE.timestamp()
        return Reply(500) if last else body

    play(server, spoil)
    source = Prometheus(PrometheusOptions.read({"url": server.url}, Path()))
    require_unknown(source.read(early, NOW), "out of order (status 500)")
    assert sum(asked.path.endswith("range") for asked in server.asked) == 2


def test_the_time_of_a_question_is_that_of_all_its_requests(server: LocalService) -> None:
    """Each answer would come in time, and all together do not: what is left is not asked."""
    pace = FakePace()

    def spoil(asked: Asked, body: Body) -> Body:
        pace.wait(4)
        return body

    play(server, spoil)
    source = Prometheus(PrometheusOptions.read({"url": server.url, "total_timeout_seconds": 10}, Path()), pace=pace)
    require_unknown(source.read(question(), NOW), "did not answer in time")
    assert len(server.asked) == 3
