"""The real OpenFeature SDK with flagd's provider reads our file in process, and serves what we wrote."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.evaluation_context import EvaluationContext

from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest
from prr_pipeline.flags.flagd_file import FlagdFile

POLL_MS = 50
KEY = "checkout-v2"
ONE = Exposure.share(100)
LADDER = [ONE, Exposure.share(1_000), Exposure.share(5_000), FULL]


class Reader:
    """An application that asks once per request, as docs/flags.md says."""

    def __init__(self, flags: FlagdFile, domain: str) -> None:
        self.flags = flags
        self.provider = FlagdProvider(
            resolver_type=ResolverType.FILE, offline_flag_source_path=str(flags.path), deadline_ms=POLL_MS
        )
        api.set_provider_and_wait(self.provider, domain)
        self.client: OpenFeatureClient = api.get_client(domain)

    def serves(self, user: str) -> str:
        """The variant that this user gets."""
        return self.client.get_string_details(KEY, "off", EvaluationContext(user)).value

    def version(self) -> object:
        """The version of the flag that the reader runs now."""
        return self.client.get_string_details(KEY, "off", EvaluationContext("probe")).flag_metadata.get("version")

    def wait_for(self, version: int) -> float:
        """Seconds until this version is served; the declared bound is the limit."""
        began = time.monotonic()
        limit = self.flags.capabilities.propagation_bound.total_seconds() + 4
        while self.version() != version:
            assert time.monotonic() - began < limit, f"version {version} is not served after {limit} s"
            time.sleep(0.002)
        return time.monotonic() - began


@pytest.fixture
def flags(tmp_path: Path) -> FlagdFile:
    """A file with the flag off."""
    made = FlagdFile(tmp_path / "flags.json")
    made.write(KEY, OFF, expected_version=0, intent_id="i0")
    return made


@pytest.fixture
def reader(flags: FlagdFile, tmp_path: Path) -> Iterator[Reader]:
    """A reader of that file, in a domain of its own."""
    made = Reader(flags, tmp_path.name)
    yield made
    made.provider.shutdown()


@pytest.fixture
def expose(flags: FlagdFile, reader: Reader) -> Callable[[Exposure], float]:
    """Set the exposure and wait until the reader serves it."""

    def set_it(exposure: Exposure) -> float:
        version = flags.read([KEY])[KEY].version
        record = flags.write(KEY, exposure, expected_version=version, intent_id=f"i-{exposure}-{version}")
        return reader.wait_for(record.version)

    return set_it


@pytest.mark.parametrize(("exposure", "variant"), [(OFF, "off"), (SHADOW, "shadow"), (FULL, "on")], ids=str)
def test_everybody_gets_the_same_where_nothing_is_split(
    reader: Reader, expose: Callable[[Exposure], float], exposure: Exposure, variant: str
) -> None:
    """Off, shadow and 100% leave nobody out, and none of them is an accident of targeting."""
    expose(exposure)
    details = [reader.client.get_string_details(KEY, "off", EvaluationContext(f"user-{n}")) for n in range(300)]
    assert {detail.value for detail in details} == {variant}
    assert {str(detail.reason) for detail in details} == {"TARGETING_MATCH"}


def test_those_outside_the_share_get_the_rest(reader: Reader, expose: Callable[[Exposure], float]) -> None:
    """By the ladder's policy off or shadow; the cohort is the same."""
    users = [f"user-{n}" for n in range(300)]
    expose(Exposure.share(5_000, Rest.SHADOW))
    shadowed = [reader.serves(user) for user in users]
    expose(Exposure.share(5_000, Rest.OFF))
    plain = [reader.serves(user) for user in users]
    assert set(shadowed) == {"on", "shadow"}
    assert plain == ["off" if variant == "shadow" else variant for variant in shadowed]


def test_a_request_without_an_id_gets_the_old_answer(reader: Reader, expose: Callable[[Exposure], float]) -> None:
    """Even at 100%: a missing targeting key falls to the safe default."""
    expose(FULL)
    assert reader.client.get_string_details(KEY, "off", EvaluationContext("")).value == "off"


@pytest.mark.slow
def test_shares_are_right_and_nobody_is_lost_on_the_way_up(reader: Reader, expose: Callable[[Exposure], float]) -> None:
    """100,000 users at each rung: within 0.3 points of the share, and who was in stays in."""
    users = [EvaluationContext(f"user-{n}") for n in range(100_000)]
    before: set[str | None] = set()
    for exposure in LADDER:
        expose(exposure)
        ask = reader.provider.resolve_string_details
        inside = {user.targeting_key for user in users if ask(KEY, "off", user).value == "on"}
        share, lost = 100 * len(inside) / len(users), len(before - inside)
        print(f"{exposure}: {share:.3f}% of {len(users)} users, {lost} lost from the rung below")
        assert abs(share - exposure.exposure_bp / 100) <= 0.3
        assert lost == 0
        before = inside


def test_a_lowering_is_seen_by_a_running_reader(
    flags: FlagdFile, reader: Reader, expose: Callable[[Exposure], float]
) -> None:
    """Within the declared bound, each time, and nobody is served the new version afterwards."""
    waits = []
    for number in range(5):
        expose(FULL)
        assert reader.serves("user-1") == "on"
        waits.append(reader.wait_for(flags.lower_all({KEY: OFF}, intent_id=f"l{number}")[KEY].version))
        assert reader.serves("user-1") == "off"
    print(f"lowerings seen after {', '.join(f'{1000 * wait:.0f}' for wait in waits)} ms at a poll of {POLL_MS} ms")


def test_a_reader_survives_damage_and_sees_the_recovery(
    flags: FlagdFile, reader: Reader, expose: Callable[[Exposure], float]
) -> None:
    """While the file is damaged the last flags stay in force; the lowering that rebuilds it is loaded."""
    expose(FULL)
    flags.path.write_text("{")
    time.sleep(3 * POLL_MS / 1000)
    assert reader.serves("user-1") == "on"
    reader.wait_for(flags.lower_all({KEY: OFF}, intent_id="l1")[KEY].version)
    assert reader.serves("user-1") == "off"


def test_a_reader_that_starts_during_a_lowering_sees_it(flags: FlagdFile, tmp_path: Path) -> None:
    """The provider may take the time of the new file with the content of the old one; it looks again all the same."""
    started: list[Reader] = []

    def start(domain: str) -> None:
        started.append(Reader(flags, domain))

    version = flags.read([KEY])[KEY].version
    for number in range(10):
        version = flags.write(KEY, FULL, expected_version=version, intent_id=f"r{number}").version
        starting = threading.Thread(target=start, args=(f"{tmp_path.name}-{number}",))
        starting.start()
        version = flags.lower_all({KEY: OFF}, intent_id=f"l{number}")[KEY].version
        starting.join()
        started[-1].wait_for(version)
        started[-1].provider.shutdown()


def test_a_lowering_is_loaded_although_the_clock_went_back(
    flags: FlagdFile, reader: Reader, expose: Callable[[Exposure], float]
) -> None:
    """The provider loads only newer files; ours is newer than the one dated ahead."""
    expose(FULL)
    ahead = time.time_ns() + 3_600_000_000_000
    os.utime(flags.path, ns=(ahead, ahead))
    time.sleep(3 * POLL_MS / 1000)
    reader.wait_for(flags.lower_all({KEY: OFF}, intent_id="l1")[KEY].version)
    assert reader.serves("user-1") == "off"
