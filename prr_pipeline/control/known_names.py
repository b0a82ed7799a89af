"""The names that alerts are known by, kept where a tick finds them without asking the monorepo.

Runs take them from the head of the tracked ref into the ledger's table; ticks copy them into a file beside the ledger,
for the tick that must do without it. What cannot be read knows nothing, which makes alerts count for more, not fewer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from prr_pipeline.control.monorepo import context_map
from prr_pipeline.control.placing import place
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject

_LOG = logging.getLogger(__name__)
_FILE = Path(".prr/alert-names.json")
_TABLE, _KEY = "alert_names", "monorepo"


def names_in(head: Snapshot, profile: Profile) -> KnownNames:
    """The operations of the specification and every name of the context map. Raises `PrrError` for damaged ones."""
    path = profile.value("paths.openapi")
    written = head.exists(str(path)) if path else False
    operations = parse_spec(head.read(str(path))).operations if written else ()
    contexts = context_map(head, profile)
    owners = [_texts(contexts.get(table)) for table in ("operations", "services", "packages")]
    listed = contexts.get("contexts")
    declared = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    return KnownNames.of(operations, (*declared, *owners[0].values()), {**owners[2], **owners[1]})


def keep_names(work: Workplace, head: Snapshot, profile: Profile) -> None:
    """Keep the names at this head, if they differ; the older ones stay while the head's cannot be read."""
    try:
        names = names_in(head, profile).as_data()
    except PrrError as fault:
        _LOG.warning("the names that alerts are known by are not read: %s", fault)
        return
    if work.ledger.counters.get(_TABLE, _KEY) != names:
        work.ledger.counters.put(_TABLE, _KEY, names)


def known_names(work: Workplace, states: Iterable[PromotionState]) -> KnownNames:
    """What the ledger knows: the names last kept, and those of its promotions and what they depend on."""
    own = names_of((s.subject, s.context, s.dependencies, s.dependency_contexts) for s in states)
    return KnownNames.from_data(_kept(work)).and_also(own)


def names_of(
    promotions: Iterable[tuple[Subject, str, Iterable[Subject], Mapping[Subject, str]]],
) -> KnownNames:
    """The names of promotions, each as its subject, context, dependencies, and the contexts of those."""
    operations: set[str] = set()
    contexts: set[str] = set()
    for subject, context, needs, theirs in promotions:
        operations.update(one.name for one in (subject, *needs))
        contexts.update((context, *theirs.values()))
    return KnownNames.of(operations, contexts)


def write_names(settings: Settings, names: KnownNames) -> None:
    """Copy the names beside the ledger, atomically, if anything is new. Raises `OSError`."""
    place(settings.path(_FILE), json.dumps(names.as_data(), indent=1).encode())


def read_names(settings: Settings) -> KnownNames:
    """The names as last copied; none when the copy is missing or damaged."""
    try:
        return KnownNames.from_data(json.loads(settings.path(_FILE).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return KnownNames()


def _kept(work: Workplace) -> object:
    """The row as kept; None for one that cannot be read, which proves nothing and stops no tick."""
    try:
        return work.ledger.counters.get(_TABLE, _KEY)
    except (ValueError, RecursionError) as fault:
        _LOG.warning("the names that alerts are known by cannot be read (%s)", type(fault).__name__)
        return None


def _texts(table: object) -> dict[str, str]:
    """The pairs of texts in a mapping; nothing of anything else."""
    pairs = table.items() if isinstance(table, Mapping) else ()
    return {name: context for name, context in pairs if isinstance(name, str) and isinstance(context, str)}
