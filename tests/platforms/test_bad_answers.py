"""Each provider and each bad answer: what comes of it, with no secret anywhere. The page shows the same table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prr_pipeline.platforms.health_probe import Health
from prr_pipeline.platforms.silence import Reason
from tests.architecture.source_tree import ROOT
from tests.platforms.asking import CANARY, SHORT, silence_of
from tests.platforms.local_service import Asked, LocalService, Reply, closed_port, sent
from tests.platforms.providers import PROVIDERS, Provider

ANSWER = "answer"
NONE = "no lists"
PAGE = ROOT / "docs" / "platforms.md"


def echoed(status: int, *headers: tuple[str, str]) -> Callable[[Asked], Reply]:
    """A refusal that tells the token back, in its body and in a header."""

    def answer(asked: Asked) -> Reply:
        told = asked.headers.get("Authorization", "") + asked.headers.get("X-Amz-Security-Token", "") + CANARY
        return sent({"message": told}, *headers, ("X-Echo", told), status=status)

    return answer


def always(reply: Reply) -> Callable[[Asked], Reply]:
    """The same for whatever is asked."""
    return lambda asked: reply


HTML = Reply(200, f"<html>{CANARY}</html>".encode(), content_type="text/html; charset=utf-8")
FOREIGN = ("Location", f"https://login.example.net/?token={CANARY}")
BIG = b'{"a": "' + CANARY.encode() + b"x" * SHORT.max_bytes + b'"}'

ANSWERS: dict[str, Callable[[Asked], Reply]] = {
    "401": echoed(401),
    "403": echoed(403),
    "404": echoed(404),
    "429": echoed(429, ("Retry-After", "7200")),
    "500": echoed(500),
    "no answer in time": always(Reply(hangs=True)),
    "cut-off body": always(Reply(200, b'{"total_count": 1, "a": "' + CANARY.encode(), promised=9_999)),
    "HTML": always(HTML),
    "redirect to a foreign host": always(Reply(302, b"", (FOREIGN,))),
    "body above the cap": always(Reply(200, BIG)),
}
"""Bad answers that are the same for all providers; those about lists, forms and ports follow below."""
FURTHER = ("nobody listens", "other form", "second page missing", "endless pages")

EXPECTED: dict[str, str] = {
    "401": Reason.UNAUTHORIZED,
    "403": Reason.FORBIDDEN,
    "404": Reason.NOT_FOUND,
    "429": Reason.RATE_LIMITED,
    "500": Reason.SERVER_ERROR,
    "no answer in time": Reason.TIMED_OUT,
    "cut-off body": Reason.CUT_OFF,
    "HTML": Reason.NOT_JSON,
    "redirect to a foreign host": Reason.REDIRECTED,
    "body above the cap": Reason.TOO_LARGE,
    "nobody listens": Reason.UNREACHABLE,
    "other form": Reason.WRONG_SHAPE,
    "second page missing": Reason.PAGE_MISSING,
    "endless pages": Reason.ENDLESS_PAGES,
}
OTHERWISE: dict[str, dict[str, str]] = {
    "cloudwatch": {"second page missing": Reason.UNEXPECTED_STATUS},
    "sentry": {"404": ANSWER},
    "npm_registry": {"404": ANSWER, "second page missing": NONE, "endless pages": NONE},
    "health_probe": {
        "401": ANSWER, "403": ANSWER, "404": ANSWER, "429": ANSWER, "500": ANSWER, "other form": Reason.NOT_JSON,
        "second page missing": NONE, "endless pages": NONE,
    },
}  # fmt: skip
"""Where a provider differs: a 404 that is an answer, a probe to which every status is one, things without lists."""


def expected(provider: str, bad: str) -> str:
    """A reason code, ``answer`` or ``no lists``."""
    return OTHERWISE.get(provider, {}).get(bad, EXPECTED[bad])


def cells() -> list[tuple[Provider, str]]:
    """The table's cells in which something can happen."""
    return [(one, bad) for one in PROVIDERS for bad in EXPECTED if expected(one.name, bad) != NONE]


def prepared(server: LocalService, provider: Provider, bad: str) -> Callable[[], object]:
    """The provider's question, against a service that gives that bad answer."""
    if bad == "nobody listens":
        return provider.question(f"http://127.0.0.1:{closed_port()}")
    if bad in ("second page missing", "endless pages"):
        server.otherwise = provider.first_of(server, endless=bad == "endless pages")
    elif bad == "other form":
        server.otherwise = always(provider.wrong_shape())
    else:
        server.otherwise = ANSWERS[bad]
    return provider.question(server.url)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_a_good_answer_is_an_answer(server: LocalService, provider: Provider) -> None:
    """The questions of the table are sound: without the bad answer none of them is silent."""
    provider.good(server)
    assert provider.question(server.url)() is not None
    assert server.asked


@pytest.mark.parametrize(("provider", "bad"), cells(), ids=lambda one: getattr(one, "name", one))
def test_a_bad_answer_is_never_a_fact(
    server: LocalService, caplog: pytest.LogCaptureFixture, provider: Provider, bad: str
) -> None:
    """It is a silence with its reason, or what the table calls an answer; no secret shows in text, log or trace."""
    ask = prepared(server, provider, bad)
    wanted = expected(provider.name, bad)
    if wanted == ANSWER:
        value = getattr(ask(), "value", "nothing at all")
        assert value is None or (isinstance(value, Health) and str(value.status) == bad)
    else:
        assert silence_of(ask, caplog).reason == wanted


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_a_question_never_changes_anything(server: LocalService, provider: Provider) -> None:
    """All are GET, but for AWS's, whose operations only describe."""
    provider.good(server)
    provider.question(server.url)()
    for asked in server.asked:
        described = asked.headers.get("X-Amz-Target", "").partition(".")[2]
        assert asked.method == ("POST" if described else "GET")
        assert described in ("", "DescribeAlarms", "ListTagsForResource")


def test_the_table_names_every_kind_of_answer() -> None:
    """No row without a bad answer, no bad answer without a row."""
    assert set(EXPECTED) == {*ANSWERS, *FURTHER}


def table() -> str:
    """The table as Markdown."""
    head = ["bad answer", *(f"`{one.name}`" for one in PROVIDERS)]
    rows = [[bad, *(shown(expected(one.name, bad)) for one in PROVIDERS)] for bad in EXPECTED]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def shown(word: str) -> str:
    """A cell of the page."""
    return word if word in (ANSWER, NONE) else f"`{word}`"


def test_the_page_shows_this_very_table() -> None:
    """What people read is what was tried; print ``table()`` to renew it."""
    assert table() in PAGE.read_text("utf-8")
