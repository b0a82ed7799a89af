"""The Alertmanager source: its API is polled as the truth, and one doubt makes the reading incomplete."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from prr_pipeline.platforms.http.pace import Pace, RealPace
from prr_pipeline.platforms.http.service import Credential, Service
from prr_pipeline.platforms.secret import Secret, secret_from
from prr_pipeline.platforms.silence import SourceSilent
from prr_pipeline.rollout.alerts import AlertReading, Episode
from prr_pipeline.signals.alerts.alertmanager.asking import Heard, ask
from prr_pipeline.signals.alerts.alertmanager.elements import elements
from prr_pipeline.signals.alerts.alertmanager.life import Life
from prr_pipeline.signals.alerts.alertmanager.listed import Listed, listed
from prr_pipeline.signals.alerts.alertmanager.options import Options, options_from
from prr_pipeline.signals.alerts.doubts import in_words
from prr_pipeline.signals.alerts.fields import Fault

NAME = "alertmanager"
MAX_EPISODES = 20_000
"""Of more than these the worst are kept, and the reading is incomplete."""


class Alertmanager:
    """Asks anew at each call. All times are real; ``environment`` is the process's own unless given."""

    name = NAME

    def __init__(self, options: Options, pace: Pace, environment: Mapping[str, str] | None = None) -> None:
        self._options = options
        self._pace = pace
        self._environment = environment
        self._life = Life(options.watchdogs, options.watchdog_limit, options.settling)

    def read(self, now: datetime) -> AlertReading:
        """All that fires. Complete if the whole list was read and is proven to be the truth of now."""
        heard = self._heard()
        doubts = [heard.fault] if heard.fault else []
        if heard.body is None:
            found = [one for fragment in heard.fragments for one in read_list(fragment, now)[0]]
        else:
            found, faults = read_list(heard.body, now)
            doubts += [*faults, *self._life.doubts(found, now)]
        if heard.started_at is not None:
            doubts += self._life.start_doubts(heard.started_at, now)
        episodes = [self._episode(one) for one in found if not self._life.is_watchdog(one)]
        kept = worst_of_each(episodes)
        if len(kept) > MAX_EPISODES:
            doubts.append(f"It lists {len(kept)} alerts; the worst {MAX_EPISODES} are kept.")
        fine = "Alertmanager answers, and Prometheus is heard."
        return AlertReading(
            self.name, now, not doubts, in_words(doubts, fine), kept[:MAX_EPISODES], lists_only_firing=True
        )

    def _heard(self) -> Heard:
        try:
            return ask(self._service(), self._options.matchers, self._pace)
        except SourceSilent as silent:
            return Heard(fault=str(silent))

    def _service(self) -> Service:
        """The service with its credential from the environment. Raises `SourceSilent` if it is not there."""
        service, variable = self._options.service, self._options.token_variable
        if variable is None:
            return service
        secret = secret_from(variable, service.name, self._environment)
        if self._options.token_scheme == "basic":  # noqa: S105 - the name of a scheme
            encoded = Secret(b64encode(secret.reveal().encode()).decode())
            return replace(service, credential=Credential(variable, "Basic ", encoded))
        return replace(service, credential=Credential(variable, "Bearer ", secret))

    def _episode(self, one: Listed) -> Episode:
        return replace(one.episode, suppressed=False) if self._options.suppressed_fires else one.episode


def read_list(body: bytes, now: datetime) -> tuple[list[Listed], list[str]]:
    """The alerts of a list that can be read, and a sentence for each reason why they are not the whole truth."""
    found: list[Listed] = []
    parts, broken = elements(body)
    faults = [f"The list of alerts {broken}."] if broken else []
    for number, part in enumerate(parts, start=1):
        try:
            one = listed(part, NAME, now)
        except Fault as fault:
            faults.append(f"Alert {number} of the list {fault}.")
            continue
        found.append(one)
        faults += [f"Alert {number} of the list {doubt}." for doubt in one.doubts]
    twins = len(found) - len({one.episode.fingerprint for one in found})
    if twins:
        faults.append(f"The list holds {twins} fingerprints more than once.")
    return found, faults


def worst_of_each(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """One episode per key, of twins the one that is not suppressed and worse; the worst severities first."""
    found: dict[tuple[str, datetime], Episode] = {}
    for episode in sorted(episodes, key=lambda e: (e.severity.rank, e.suppressed, e.starts_at, e.fingerprint)):
        found.setdefault(episode.key, episode)
    return tuple(found.values())


def from_options(options: Mapping[str, object], root: Path) -> Alertmanager:
    """The source that ``[alerts.options]`` describes; the page docs/alerts.md lists them. Raises `PrrError`."""
    return Alertmanager(options_from(options, root), RealPace())
