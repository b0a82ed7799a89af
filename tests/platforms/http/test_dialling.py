"""Connections lead only where the origin may lead, and not beyond the deadline."""

from __future__ import annotations

from collections.abc import Callable

import httpcore
import pytest

from prr_pipeline.platforms.http.dialling import AddressRefused, Dialler, within
from prr_pipeline.platforms.http.origins import Origin
from prr_pipeline.platforms.http.pace import Deadline
from tests.platforms.asking import FakePace
from tests.platforms.local_service import LocalService, closed_port

HOST = frozenset({Origin("https", "api.example.org", 443)})


def test_a_name_that_leads_to_this_machine_is_refused(server: LocalService) -> None:
    """Even though somebody listens there: ``localhost`` is not what the settings name."""
    port = int(server.url.rpartition(":")[2])
    dialler = Dialler(Deadline.after(5, FakePace()), HOST)
    with pytest.raises(AddressRefused):
        dialler.connect_tcp("localhost", port)
    with pytest.raises(AddressRefused):
        dialler.connect_tcp("169.254.169.254", 80)
    assert server.asked == []


def test_loopback_of_the_settings_is_connected_to(server: LocalService) -> None:
    """By that host alone, at any of its ports."""
    port = int(server.url.rpartition(":")[2])
    dialler = Dialler(Deadline.after(5, FakePace()), frozenset({Origin("http", "localhost", 80)}))
    dialler.connect_tcp("localhost", port).close()
    with pytest.raises(AddressRefused):
        dialler.connect_tcp("127.0.0.1", port)


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::1"])
@pytest.mark.parametrize("place", [0, 1])
def test_one_address_inside_spoils_a_name(inside: str, place: int) -> None:
    """Whether it comes first or last: nothing is connected to."""
    addresses = ["192.0.2.7"]
    addresses.insert(place, inside)
    dialler = Dialler(Deadline.after(5, FakePace()), HOST, lambda host, port: addresses)
    with pytest.raises(AddressRefused):
        dialler.connect_tcp("api.example.org", 443)


def test_a_name_that_changes_its_address_gains_nothing(server: LocalService) -> None:
    """It is resolved once: what was checked is what is connected to."""
    answers = [["::ffff:127.0.0.1"], ["127.0.0.1"]]
    loopback = frozenset({Origin("http", "localhost", 80)})
    dialler = Dialler(Deadline.after(5, FakePace()), loopback, lambda host, port: answers.pop(0))
    dialler.connect_tcp("localhost", int(server.url.rpartition(":")[2])).close()
    assert answers == [["127.0.0.1"]]


def nowhere(host: str, port: int) -> list[str]:
    """A name without addresses."""
    return []


def unspelt(host: str, port: int) -> list[str]:
    """A name that the system cannot even spell."""
    raise UnicodeError("label too long")


@pytest.mark.parametrize("resolve", [nowhere, unspelt])
def test_a_name_without_an_address_is_unreachable(resolve: Callable[[str, int], list[str]]) -> None:
    """However the resolver says so."""
    with pytest.raises(httpcore.ConnectError):
        Dialler(Deadline.after(5, FakePace()), HOST, resolve).connect_tcp("api.example.org", 443)


def test_a_closed_port_is_a_refused_connection() -> None:
    """With httpcore's own exception, whatever address was tried last."""
    dialler = Dialler(Deadline.after(5, FakePace()), frozenset({Origin("http", "127.0.0.1", 80)}))
    with pytest.raises(httpcore.ConnectError):
        dialler.connect_tcp("127.0.0.1", closed_port())


def test_a_step_takes_at_most_what_the_question_has_left() -> None:
    """And nothing begins once it has ended."""
    pace = FakePace()
    deadline = Deadline.after(10, pace)
    assert within(deadline, 3) == 3
    assert within(deadline, None) == 10
    pace.wait(8)
    assert within(deadline, 3) == 2
    pace.wait(8)
    with pytest.raises(httpcore.ReadTimeout):
        within(deadline, 3)


def test_where_no_time_is_left_to_connect_the_answers_took_it() -> None:
    """A connection that was never tried did not fail."""
    pace = FakePace()
    dialler = Dialler(Deadline.after(5, pace), frozenset({Origin("http", "127.0.0.1", 80)}))
    pace.wait(5)
    with pytest.raises(httpcore.ReadTimeout):
        dialler.connect_tcp("127.0.0.1", closed_port())


def test_the_fault_of_an_address_outlives_the_time_that_it_took() -> None:
    """The next address is not tried any more, and why is what the first one said."""

    class Hurried(FakePace):
        """Whoever looks at this clock loses three seconds."""

        def monotonic_s(self) -> float:
            self.wait(3)
            return super().monotonic_s()

    deadline = Deadline.after(5, Hurried())
    loopback = frozenset({Origin("http", "localhost", 80)})
    dialler = Dialler(deadline, loopback, lambda host, port: ["127.0.0.1", "127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        dialler.connect_tcp("localhost", closed_port())
