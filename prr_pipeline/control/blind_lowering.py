"""Roll back what the ledger cannot tell about: by the index beside it, by default names, or by the flags' own keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.control.flag_index import IndexEntry, default_flag_key, read_index
from prr_pipeline.control.flag_lowering import flags_only
from prr_pipeline.control.scopes import Crowd
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.dependencies import closure
from prr_pipeline.rollout.scope import Scope, ScopeKind

NOT_RECORDED = "the order, its reason and the latch"


@dataclass(frozen=True, slots=True)
class Halted:
    """One flag after the order. ``key`` is empty for a flag that no promotion is known for; ``shown`` is in words.

    ``spared``: it was at off already, in the ledger and at the flag, so its attempt and sign-offs were left to it.
    """

    key: str
    flag_key: str
    shown: str
    confirmed: bool
    unrecorded: str = ""
    spared: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be lowered: promotion keys, flag keys, or every open promotion in a scope.

    Of a scope those are spared that ledger and flag both show at off: no attempt of theirs ends for nothing. A key that
    is named is latched wherever it stands.
    """

    keys: tuple[str, ...] = ()
    flag_keys: tuple[str, ...] = ()
    scope: Scope | None = None

    def __post_init__(self) -> None:
        if (self.scope is not None) == bool(self.keys or self.flag_keys):
            raise Refused(
                "Name promotions (or a flag with --flag-key), or give --all, --service, --team or --depends-on; one "
                "of the two."
            )
        if not all(flag.strip() for flag in self.flag_keys):
            raise Refused("A flag key is empty; name the flag, such as createGrant-ga.")

    @property
    def everything(self) -> bool:
        """Whether nothing at all shall be left up."""
        return self.scope is not None and self.scope.kind is ScopeKind.ALL


def indexed(work: Workplace) -> Mapping[str, IndexEntry]:
    """The index beside the ledger; empty where it cannot be read."""
    try:
        return read_index(work.settings)
    except PrrError:
        return {}


def blind_targets(work: Workplace, wanted: Wanted, why: str) -> dict[str, str]:
    """Flag key to promotion key of what an order is about, dependants included, without the ledger.

    Raises `PrrError` where a scope needs the index and there is none, or names what the index does not know.
    """
    index = indexed(work)
    if wanted.scope is not None and not index:
        raise PrrError(
            f"The ledger does not answer ({why}) and no index of flags lies beside it; name the flags with --flag-key."
        )
    keys = list(wanted.keys)
    if wanted.scope is not None:
        crowd = Crowd.of_index(work, index)
        keys = crowd.keys_in(crowd.resolve(wanted.scope))
    keys += [key for key, entry in index.items() if entry.flag_key in wanted.flag_keys and key not in keys]
    keys += [key for key in _dependants(index, keys) if key not in keys]
    flags = {index[key].flag_key if key in index else default_flag_key(key): key for key in keys}
    return flags | {flag: flags.get(flag, "") for flag in wanted.flag_keys}


def lower_flags_alone(work: Workplace, flags: Mapping[str, str], why: str) -> list[Halted]:
    """Lower flags (flag key -> promotion key) to off by one write and read them back. Records nothing, and says so."""
    if not flags:
        return []
    low, fault = flags_only(work, list(flags), OFF)
    unrecorded = f"{NOT_RECORDED} ({why})"
    return [
        Halted(key, flag, "off" if low[flag] else f"not off: {fault}", low[flag], unrecorded)
        for flag, key in flags.items()
    ]


def _dependants(index: Mapping[str, IndexEntry], keys: Sequence[str]) -> list[str]:
    graph = {entry.subject: entry.dependencies for entry in index.values()}
    low = {index[key].subject for key in keys if key in index}
    return [key for key, entry in index.items() if low.intersection(closure(graph, entry.subject))]
