"""JSON from outside: whole, of the documented form, or a sentence that repeats nothing of it."""

from __future__ import annotations

import httpx
import pytest
from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.platforms.http.reading import Sent, read_json
from prr_pipeline.platforms.http.wire import Received
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.platforms.asking import CANARY, NOW, service, silence_of

SERVICE = service("https://api.example.org")


class Thing(Sent):
    """A small form."""

    number: int
    at: AwareDatetime
    word: str | None = None


def received(body: bytes, kind: str = "application/json") -> Received:
    """An answer with that body."""
    url = httpx.URL("https://api.example.org/x")
    return Received(200, httpx.Headers({"content-type": kind}), body, url, str(url))


def read(body: bytes, kind: str = "application/json") -> Thing:
    """The body as a thing."""
    return read_json(SERVICE, received(body, kind), TypeAdapter(Thing))


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json"])
def test_json_of_the_form_is_read(kind: str) -> None:
    """What is not named in the form is left out."""
    body = b'{"number": 1, "at": "2026-03-02T13:00:00+01:00", "further": [1]}'
    assert read(body, kind) == Thing(number=1, at=NOW)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html></html>", "text/html"),
        (b'{"number": 1}', "text/plain"),
        (b'{"number": 1}', ""),
        (b"", "application/json"),
        (b'{"number": 1, "at": "2026', "application/json"),
        (b"<html></html>", "application/json"),
        (b'{"number": 1, "number": 2}', "application/json"),
        (b'{"number": NaN}', "application/json"),
        (b'{"number": -Infinity}', "application/json"),
        (b'{"word": "\xff"}', "application/json"),
        (b"[" * 200_000, "application/json"),
        (b'{"number": ' + b"9" * 5_000 + b"}", "application/json"),
    ],
    ids=[
        "html", "text", "no type", "empty", "cut", "html as json", "doubled", "nan", "infinity", "bytes", "deep", "long"
    ],
)  # fmt: skip
def test_what_is_no_json_is_said_so(caplog: pytest.LogCaptureFixture, body: bytes, kind: str) -> None:
    """None of it is guessed at."""
    assert silence_of(lambda: read(body, kind), caplog).reason is Reason.NOT_JSON


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"at": "2026-03-02T12:00:00Z"}', "number (missing)"),
        (b'{"number": "1", "at": "2026-03-02T12:00:00Z"}', "number (int_type)"),
        (b'{"number": 1.5, "at": "2026-03-02T12:00:00Z"}', "number (int_type)"),
        (b'{"number": true, "at": "2026-03-02T12:00:00Z"}', "number (int_type)"),
        (b'{"number": null, "at": "2026-03-02T12:00:00Z"}', "number (int_type)"),
        (b'{"number": 1, "at": "2026-03-02T12:00:00"}', "at (timezone_aware)"),
        (b'{"number": 1, "at": 1767225600}', "at (datetime_type)"),
        (b"[]", "the top (model_type)"),
    ],
    ids=["missing", "text", "float", "bool", "null", "no zone", "number as time", "list"],
)
def test_another_form_is_told_by_its_place(caplog: pytest.LogCaptureFixture, body: bytes, where: str) -> None:
    """And by the kind of difference, never by what stands there."""
    silent = silence_of(lambda: read(body), caplog)
    assert silent.reason is Reason.WRONG_SHAPE
    assert where in str(silent)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"not a name %s": 1}' % CANARY.encode(), "at * (model_type)"),
        (b'{"x": {"number": 1, "at": "%s"}}' % CANARY.encode(), "at x.at (datetime_parsing)"),
    ],
    ids=["key", "value"],
)
def test_what_the_service_chose_is_not_told(body: bytes, where: str) -> None:
    """Neither a key nor a value: they may be anything."""
    with pytest.raises(SourceSilent) as silent:
        read_json(SERVICE, received(body), TypeAdapter(dict[str, Thing]))
    assert where in str(silent.value)
    assert CANARY not in str(silent.value) + repr(silent.value)
