"""Roll back whatever is broken: through the ledger while it answers, else by the flags alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prr_pipeline.control.flag_index import IndexEntry, flag_key_of, read_index
from prr_pipeline.control.flag_lowering import flags_only
from prr_pipeline.control.lowering import Lowered
from prr_pipeline.control.orders import Order, may_have_traffic, roll_back, step_down
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.dependencies import dependants
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject

NOT_RECORDED = "the order, its reason and the latch"


@dataclass(frozen=True, slots=True)
class Halted:
    """One flag after the order. ``key`` is empty for a flag that no promotion is known for; ``shown`` is in words."""

    key: str
    flag_key: str
    shown: str
    confirmed: bool
    unrecorded: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be lowered: promotion keys, flag keys, or everything that is open.

    ``spare_idle`` leaves out of everything what ledger and flag both show at off: no attempt of it ends for nothing.
    """

    keys: tuple[str, ...] = ()
    flag_keys: tuple[str, ...] = ()
    everything: bool = False
    spare_idle: bool = False

    def __post_init__(self) -> None:
        if self.everything == bool(self.keys or self.flag_keys):
            raise Refused("Name promotions (or a flag with --flag-key), or give --all; one of the two.")


def roll_back_anyhow(work: Workplace, wanted: Wanted, order: Order) -> list[Halted]:
    """Bring flags to off with or without the ledger, dependants too. Raises `PrrError` for a key nobody knows.

    A key that the ledger does not know stops no other: what is known is lowered first, then the error is raised.
    """
    try:
        states = work.ledger.states()
        listed = {row.key for row in work.ledger.promotions()}
    except Exception as fault:
        return _blind(work, wanted, f"{fault}")
    spared = _idle(work, states) if wanted.spare_idle else set()
    keys = list(wanted.keys) or [k for k, s in states.items() if wanted.everything and s.is_open and k not in spared]
    keys += [k for k, s in states.items() if s.flag_key in wanted.flag_keys and k not in keys]
    known = [key for key in keys if key in states]
    halted = _recorded(work, known, order) if known else []
    lost = {key for key in _index(work) if key not in listed}
    halted += _named(work, wanted, sorted(listed - states.keys()), "the ledger cannot read this promotion")
    halted += _named(work, wanted, sorted(lost), "this ledger never heard of it, though its flag was made from here")
    unused = set(wanted.flag_keys) - {state.flag_key for state in states.values()}
    halted += _flags(work, dict.fromkeys(sorted(unused), ""), "no promotion has this flag")
    _refuse_unknown([key for key in wanted.keys if key not in listed | lost], states, halted)
    return halted


def step_down_recorded(work: Workplace, keys: Sequence[str], order: Order) -> list[Halted]:
    """Bring promotions to their last good rung. Needs the ledger, which alone knows that rung."""
    try:
        work.ledger.states()
    except Exception as fault:
        raise PrrError(
            f"The last good rung is known to the ledger alone, which does not answer ({fault}). "
            "Roll back to off instead: leave out --step-down."
        ) from None
    return [_halted(one) for key in keys for one in step_down(work, key, order)]


def _recorded(work: Workplace, keys: Sequence[str], order: Order) -> list[Halted]:
    try:
        return [_halted(one) for one in roll_back(work, keys, order)]
    except Refused:
        raise
    except Exception as fault:
        return _blind(work, Wanted(tuple(keys)), f"{fault}")


def _idle(work: Workplace, states: Mapping[str, PromotionState]) -> set[str]:
    """Keys of the promotions that stand at off in the ledger and at their flags; none when the flags cannot be read."""
    at_rest = {key: state.flag_key for key, state in states.items() if state.is_open and not may_have_traffic(state)}
    try:
        shown = work.flags.read(list(at_rest.values()))
    except Exception:
        return set()
    return {key for key, flag in at_rest.items() if flag in shown and shown[flag].exposure == OFF}


def _blind(work: Workplace, wanted: Wanted, why: str) -> list[Halted]:
    """Flags alone: by the index beside the ledger, else by the default names."""
    index = _index(work)
    keys = list(index) if wanted.everything else list(wanted.keys)
    keys += [key for key, entry in index.items() if entry.flag_key in wanted.flag_keys and key not in keys]
    keys += [key for key in _dependants(index, keys) if key not in keys]
    if wanted.everything and not keys:
        raise PrrError(
            f"The ledger does not answer ({why}) and no index of flags lies beside it; name the flags with --flag-key."
        )
    flags = {flag_key_of(work.settings, key): key for key in keys}
    flags |= {flag: flags.get(flag, "") for flag in wanted.flag_keys}
    return _flags(work, flags, f"the ledger does not answer: {why}")


def _index(work: Workplace) -> Mapping[str, IndexEntry]:
    try:
        return read_index(work.settings)
    except PrrError:
        return {}


def _named(work: Workplace, wanted: Wanted, keys: Sequence[str], why: str) -> list[Halted]:
    """Those of the keys that are wanted, lowered by their flags alone."""
    chosen = [key for key in keys if wanted.everything or key in wanted.keys]
    return _flags(work, {flag_key_of(work.settings, key): key for key in chosen}, why)


def _flags(work: Workplace, flags: Mapping[str, str], why: str) -> list[Halted]:
    """Lower flags (flag key -> promotion key) to off and read them back."""
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
    hit: set[Subject] = set()
    for key in keys:
        if key in index:
            hit.update(dependants(graph, index[key].subject))
    return [key for key, entry in index.items() if entry.subject in hit]


def _halted(one: Lowered) -> Halted:
    return Halted(
        one.key, one.flag_key, str(one.shown) if one.shown is not None else "unknown", one.confirmed, one.unrecorded
    )


def _refuse_unknown(unknown: Sequence[str], states: Mapping[str, PromotionState], halted: Sequence[Halted]) -> None:
    if not unknown:
        return
    done = f" Lowered: {', '.join(one.key or one.flag_key for one in halted)}." if halted else ""
    known = ", ".join(sorted(key for key, state in states.items() if state.is_open)) or "none"
    raise PrrError(
        f"The ledger has no promotion {', '.join(map(repr, unknown))}. Open ones: {known}. "
        f"`prr rollback --flag-key` lowers a flag by its own name.{done}"
    )
