"""`prr doctor`: look at everything a deployment needs, one finding each, and say the way out of every fault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.asked_services import looks
from prr_pipeline.control.oasdiff import VERSION, find_program
from prr_pipeline.control.plugged import survey
from prr_pipeline.control.reading import ReadingWorkplace
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.history import resolve
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.review.people import COUNCIL
from prr_pipeline.settings import load_settings
from prr_pipeline.settings_file import find_settings
from prr_pipeline.signals.feedback.source import FeedbackQuestion
from prr_pipeline.signals.metrics.source import Reachable
from prr_pipeline.signatures.ssh import PROGRAM as SSH_KEYGEN

OK, NOTE, FAULT = "ok", "note", "fault"
_METRICS = "mend metrics.source and metrics.options in prr.toml, or what they name; until it answers gates are unknown"
_SERVICES = "until it answers, the lines that need it are unknown; docs/platforms.md has its settings and scopes"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at. ``word``: ok, note (works, but less) or fault; a sentence in ``finding`` tells more."""

    name: str
    word: str
    finding: str
    way_out: str = ""

    def as_data(self) -> dict[str, str]:
        """As one object of `prr doctor --json`."""
        return {"finding": self.finding, "name": self.name, "state": self.word, "way_out": self.way_out}


class _Lacking(PrrError):
    """A finding that is no fault: something optional is missing."""


def diagnose(settings_file: Path | None) -> list[Diagnosis]:
    """Look at everything, whatever is broken. Raises nothing, writes nothing."""
    try:
        path = find_settings(settings_file)
        settings = load_settings(path) if path else None
    except PrrError as fault:
        return [Diagnosis("settings", FAULT, str(fault), "mend the lines named"), _look("ssh-keygen", _keygen, "")]
    if settings is None:
        out = "give --settings, set PRR_SETTINGS, or write a prr.toml; prr check works without one"
        return [
            Diagnosis("settings", FAULT, "No prr.toml here or in any folder above.", out),
            _look("ssh-keygen", _keygen, ""),
        ]
    work = ReadingWorkplace(settings)
    found = [_look(name, partial(look, work), way_out) for name, look, way_out in _LOOKS]
    if settings.metrics.source is not None:
        found.append(_look("metrics", partial(_metrics, work), _METRICS))
    if settings.feedback.sources:
        found.append(_look("feedback", partial(_feedback, work), "a feedback review stays open until it can be read"))
    found += [_look(name, look, _SERVICES) for name, look in looks(settings)]
    return [Diagnosis("settings", OK, f"{path} is read."), *found]


def _look(name: str, look: Callable[[], str], way_out: str) -> Diagnosis:
    try:
        return Diagnosis(name, OK, look())
    except _Lacking as lack:
        return Diagnosis(name, NOTE, str(lack), way_out)
    except PrrError as fault:
        return Diagnosis(name, FAULT, str(fault), way_out)
    except Exception as fault:
        return Diagnosis(name, FAULT, f"{type(fault).__name__}: {fault}", way_out)


def _clock(work: Workplace) -> str:
    factor = work.clock.factor
    return "Real time." if factor == 1 else f"time-lapse {factor} x: for demonstrations only."


def _repository(work: Workplace) -> str:
    ref = work.settings.repository.ref
    return f"{work.repository}, {ref} is at {resolve(work.repository, ref)[:12]}."


def _profile(work: Workplace) -> str:
    profile = work.profile_at(open_commit(work.repository, work.settings.repository.ref))
    spec = profile.value("paths.openapi")
    return f"{profile.name}; the specification is {spec or 'not declared'}."


def _checklists(work: Workplace) -> str:
    lines = asked_lines(work.settings).lines
    own = sum(line.is_own for line in lines)
    return f"{len(lines)} lines, {own} of them of own checklists."


def _roster(work: Workplace) -> str:
    roster = work.roster
    council = work.settings.council
    members = sum(COUNCIL in person.roles for person in roster.people.values())
    if council is not None and members < council.quorum_total:
        raise PrrError(f"The quorum is {council.quorum_total} council members and the roster has {members}.")
    return f"{len(roster.people)} people, {members} in the council, as pinned."


def _keygen() -> str:
    found = shutil.which(SSH_KEYGEN)
    if found is None:
        raise PrrError(f"{SSH_KEYGEN} is not on the PATH, so nothing can be signed or verified.")
    return f"{found}."


def _flags(work: Workplace) -> str:
    work.flags.read([])
    path = work.settings.flags.options.get("path")
    if isinstance(path, str):
        _require_writable(work.settings.path(path))
    return f"{work.settings.flags.backend} is read and can be written."


def _require_writable(path: Path) -> None:
    folder = next(folder for folder in path.parents if folder.exists())
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise PrrError(f"{path} cannot be written.")


def _ledger(work: Workplace) -> str:
    try:
        ledger = work.ledger
    except Unreadable as fault:
        raise _Lacking(str(fault)) if "There is no ledger" in str(fault) else fault from None
    unreadable = ledger.unreadable()
    if unreadable:
        raise PrrError(f"{len(unreadable)} promotion(s) cannot be read: {', '.join(sorted(unreadable))}.")
    promotions = len(ledger.promotions(open_only=True))
    return f"{ledger.database.place}: {ledger.last_seq()} events, {promotions} open promotions."


def _head(work: Workplace) -> str:
    try:
        ledger = work.ledger
    except Unreadable:
        raise _Lacking("There is no ledger yet, so there is no head.") from None
    if ledger.may_only_lower:
        raise PrrError(ledger.may_only_lower)
    head = ledger.head.read() if ledger.head else None
    if head is None:
        raise _Lacking("No head was exported yet; the first transition makes it.")
    return f"Signed for event {head.seq} at {work.settings.path(work.settings.ledger.head)}."


def _alerts(work: Workplace) -> str:
    readings = [source.read(work.real_now()) for source in work.alerts]
    silent = [reading for reading in readings if not reading.complete]
    if silent:
        raise PrrError("; ".join(f"{one.source}: {one.why}" for one in silent))
    return ", ".join(f"{one.source} answers, {sum(e.firing for e in one.episodes)} firing" for one in readings) + "."


def _feedback(work: Workplace) -> str:
    """Asked about no operation, each source tells what it cannot assign to any."""
    now = work.now()
    faults = [
        fault
        for source in work.feedback
        for fault in source.read(FeedbackQuestion("", now - timedelta(days=1), now), now).faults
    ]
    if faults:
        raise PrrError(faults[0])
    return f"{', '.join(source.name for source in work.feedback)}: read."


def _metrics(work: Workplace) -> str:
    source = work.metrics
    if source is None:
        raise _Lacking("No metric source is set.")
    name = source.reach(work.real_now()) if isinstance(source, Reachable) else source.name
    return f"{name}; judged: {', '.join(work.settings.metrics.judged)}."


def _calendars(work: Workplace) -> str:
    frozen = work.freezes.reading(work.now())
    rota, window = work.rota, work.window
    shift = ", ".join(rota.on_call(work.now())) if rota is not None else ""
    if rota is None:
        raise _Lacking("No on-call rota is set, so nobody can sign as the on-call lead.")
    words = f"frozen ({frozen.summary})" if frozen.frozen else "no freeze"
    return f"{words}; on call: {shift or 'nobody'}; {'any time' if window is None else 'advance window set'}."


def _oasdiff(work: Workplace) -> str:
    tools = work.settings.repository.tools
    found = find_program(work.settings.path(tools) if tools else None)
    if found is None:
        raise _Lacking("oasdiff is not installed: without CI's report, lines about compatibility are unknown.")
    return f"{found}."


_LOOKS: tuple[tuple[str, Callable[[Workplace], str], str], ...] = (
    ("clock", _clock, "set clock.kind to system, or start the demo anew"),
    ("repository", _repository, "set repository.path and repository.ref in prr.toml"),
    ("profile", _profile, "set repository.profile in prr.toml, or mend .prr/profile.yaml"),
    ("checklists", _checklists, "mend the files that checklist.own names, or the plug-ins that bring their checks"),
    ("plug-ins", lambda work: survey(), "mend or uninstall the distributions named"),
    ("roster", _roster, "let the council agree to the roster, then pin its digest as council.digest"),
    ("ssh-keygen", lambda work: _keygen(), "install OpenSSH 9.1 or newer, often the package openssh-client"),
    ("flags", _flags, "mend the file or its rights; prr rollback overwrites a broken one with off"),
    ("ledger", _ledger, "prr open makes it; docs/ledger.md says what to do with a broken one"),
    ("head", _head, "put the newest copy back, or accept the loss with prr audit restart-head (docs/ledger.md)"),
    ("alerts", _alerts, "start the feed of alerts; until it answers nothing rises"),
    ("calendars", _calendars, "set calendars in prr.toml to readable ICS files"),
    ("oasdiff", _oasdiff, f"go install github.com/oasdiff/oasdiff@{VERSION}, or let CI publish its report"),
)
