"""Questions: one thing, one that may be absent, and lists of which every page is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from prr_pipeline.platforms.http.pages import ByCursor, ByLink, ByNumber, ByOffset, require_total
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.platforms.asking import CANARY, NOW, SHORT, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, Reply, sent

INT = TypeAdapter(int)
INTS = TypeAdapter(list[int])


class OffsetPage(Sent):
    """A page as PagerDuty sends it."""

    limit: int
    offset: int
    more: bool


class NumberPage(Sent):
    """A page as Cloudflare sends it."""

    page: int
    total_pages: int


def linked(server: LocalService, value: object, page: int, extra: str = "") -> Reply:
    """A page that names the next one."""
    return sent(value, ("Link", f'<{server.url}/x?page={page}>; rel="next"{extra}, <{server.url}/x>; rel="first"'))


def test_an_answer_has_a_time_and_a_place(server: LocalService) -> None:
    """The time at which the reading began, and the address with what was asked, without the credential."""
    server.at("/x", Reply(503), sent(3))
    pace = FakePace()
    answer = Reader(service(server.url), pace).one("/x", INT, {"a": "b c", "n": 1, "s[]": ["x", "y"]})
    assert (answer.value, answer.read_at) == (3, NOW)
    assert pace.now() > NOW
    assert answer.address == f"{server.url}/x?a=b+c&n=1&s%5B%5D=x&s%5B%5D=y"
    assert server.asked[0].query == (("a", "b c"), ("n", "1"), ("s[]", "x"), ("s[]", "y"))


def test_what_is_absent_may_be_an_answer(server: LocalService) -> None:
    """Where the caller says that 404 is one."""
    assert Reader(service(server.url), FakePace()).one_or_none("/x", INT).value is None


@pytest.mark.parametrize("status", [201, 204, 206, 301, 400, 410, 418, 422])
def test_any_other_status_is_no_answer(server: LocalService, caplog: pytest.LogCaptureFixture, status: int) -> None:
    """Half a success neither."""
    server.at("/x", sent(3, status=status))
    reader = Reader(service(server.url), FakePace())
    silent = silence_of(lambda: reader.one_or_none("/x", INT), caplog)
    assert silent.reason is Reason.UNEXPECTED_STATUS
    assert str(status) in str(silent)


def test_a_rate_limit_names_the_instant(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A wait beyond the question's time is not waited for."""
    server.at("/x", sent({}, ("Retry-After", "600"), status=429))
    pace = FakePace()
    silent = silence_of(lambda: Reader(service(server.url), pace).one("/x", INT), caplog)
    assert silent.until == NOW + timedelta(minutes=10)
    assert "is rate limited (status 429) until 2026-03-02T12:10:00.000000Z; ask again then" in str(silent)
    assert (pace.waited, len(server.asked)) == ([], 1)


def test_every_page_is_read_in_order(server: LocalService) -> None:
    """From link to link until there is none."""
    server.at("/x", linked(server, [1, 2], 2), linked(server, [], 3), sent([3]))
    asked = service(server.url)
    answer = Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked), {"per_page": 2})
    assert answer.value == ([1, 2], [], [3])
    assert [one.parameter("page") for one in server.asked] == [None, "2", "3"]


def test_a_next_page_on_another_host_is_not_asked(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """The credential would go with it."""
    asked = service(server.url)
    reader = Reader(asked, FakePace())
    for target in ("https://elsewhere.example.org/x?page=2", "http://[::1", "mailto:a@example.org"):
        server.at("/x", sent([1], ("Link", f'<{target}>; rel="next"')))
        assert silence_of(lambda: reader.pages("/x", INTS, ByLink(asked)), caplog).reason is Reason.HOST_NOT_ALLOWED


@pytest.mark.parametrize("status", [404, 418, 500])
def test_an_address_that_a_service_chose_is_not_repeated(server: LocalService, status: int) -> None:
    """It may hold anything, also a token in another spelling; the sentence names what was asked."""
    spelt = "".join(f"%{ord(letter):02x}" for letter in CANARY)
    first = sent([1], ("Link", f'<{server.url}/a{spelt}?{spelt}>; rel="next"'))
    server.otherwise = lambda asked: first if asked.path == "/x" else Reply(status)
    asked = service(server.url)
    with pytest.raises(SourceSilent, match=f"{server.url}/x ") as silent:
        Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked))
    assert not any(word in str(silent.value) for word in (spelt, CANARY, "/a"))


def test_a_list_is_read_up_to_the_limit_of_pages(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """As many as the limit are read; one more is not even asked for."""
    asked = service(server.url)
    pages = [linked(server, [page], page + 1) for page in range(1, SHORT.max_pages)]
    server.at("/x", *pages, sent([SHORT.max_pages]))
    assert len(Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked)).value) == SHORT.max_pages
    server.asked.clear()
    server.at("/x", *pages, linked(server, [5], 6), sent([6]))
    silent = silence_of(lambda: Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked)), caplog)
    assert (silent.reason, len(server.asked)) == (Reason.ENDLESS_PAGES, SHORT.max_pages)


def test_a_page_that_comes_again_ends_the_list(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Before the limit of pages does."""
    server.at("/x", linked(server, [1], 2))
    asked = service(server.url)
    silent = silence_of(lambda: Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked)), caplog)
    assert (silent.reason, len(server.asked)) == (Reason.ENDLESS_PAGES, 2)


def test_a_cursor_ends_where_nothing_is_left(server: LocalService) -> None:
    """There is always a next link; its mark tells."""
    server.at("/x", linked(server, [1], 2, '; results="true"'), linked(server, [2], 3, '; results="false"'))
    asked = service(server.url)
    assert Reader(asked, FakePace()).pages("/x", INTS, ByCursor(asked)).value == ([1], [2])


def test_an_offset_moves_by_the_length_of_the_page(server: LocalService) -> None:
    """By the length that the service used, which may be less than was asked."""
    pages = [{"limit": 2, "offset": 0, "more": True}, {"limit": 2, "offset": 2, "more": False}]
    server.at("/x", *map(sent, pages))
    asked = service(server.url)
    Reader(asked, FakePace()).pages("/x", TypeAdapter(OffsetPage), ByOffset(asked), {"limit": 9})
    assert [one.parameter("offset") for one in server.asked] == [None, "2"]


def test_more_of_nothing_is_endless(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A page without length would never end the list."""
    server.at("/x", sent({"limit": 0, "offset": 0, "more": True}))
    asked = service(server.url)
    reader = Reader(asked, FakePace())
    silent = silence_of(lambda: reader.pages("/x", TypeAdapter(OffsetPage), ByOffset(asked)), caplog)
    assert silent.reason is Reason.ENDLESS_PAGES


def test_numbered_pages_are_counted(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A page that says to be another one is none of the list."""
    asked = service(server.url)
    reader = Reader(asked, FakePace())
    server.at("/x", sent({"page": 1, "total_pages": 2}), sent({"page": 2, "total_pages": 2}))
    assert len(reader.pages("/x", TypeAdapter(NumberPage), ByNumber(asked)).value) == 2
    server.at("/x", sent({"page": 1, "total_pages": 2}))
    silent = silence_of(lambda: reader.pages("/x", TypeAdapter(NumberPage), ByNumber(asked)), caplog)
    assert silent.reason is Reason.PAGE_MISSING


def test_an_announced_number_is_held(caplog: pytest.LogCaptureFixture) -> None:
    """Fewer are half a list; more, as some appeared meanwhile, are fine."""
    asked = service("https://api.example.org")
    require_total(asked, "https://api.example.org/x", 3, 3)
    require_total(asked, "https://api.example.org/x", 4, 3)
    silent = silence_of(lambda: require_total(asked, "https://api.example.org/x", 2, 3), caplog)
    assert (silent.reason, "3 entries were announced and 2 came" in str(silent)) == (Reason.PAGE_MISSING, True)


def test_a_later_page_is_asked_again_like_the_first(server: LocalService) -> None:
    """Each page has its own attempts, all have one deadline."""
    server.at("/x", linked(server, [1], 2), Reply(502), sent([2]))
    asked = service(server.url)
    assert Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked)).value == ([1], [2])


def test_a_later_page_that_is_refused_silences_the_list(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """With the reason of that page."""
    server.at("/x", linked(server, [1], 2), Reply(401))
    asked = service(server.url)
    silent = silence_of(lambda: Reader(asked, FakePace()).pages("/x", INTS, ByLink(asked)), caplog)
    assert silent.reason is Reason.UNAUTHORIZED
