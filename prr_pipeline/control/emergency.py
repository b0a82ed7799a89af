"""Roll back whatever is broken: through the ledger while it answers, else by the flags alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from prr_pipeline.control.blind_lowering import Halted, Wanted, blind_targets, indexed, lower_flags_alone
from prr_pipeline.control.flag_index import flag_key_of
from prr_pipeline.control.known_flags import UNCHECKED, absent_flags, refuse_absent
from prr_pipeline.control.lowering import Lowered, lower
from prr_pipeline.control.order_record import Obeyed, book_order
from prr_pipeline.control.orders import (
    Order,
    may_have_traffic,
    roll_back_words,
    rolled_back_with,
    step_down,
    step_down_words,
)
from prr_pipeline.control.scopes import Crowd
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.scope import EVERYTHING, Scope
from prr_pipeline.rollout.state import PromotionState

__all__ = ["EVERYTHING", "Halted", "Scope", "Wanted", "roll_back_anyhow", "step_down_recorded"]

Announce = Callable[[Sequence[str]], None]
"""Told before anything moves, in words, what is about to be lowered. A fault of it stops nothing."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger tells while it answers: states, and every key and every flag key that it lists."""

    states: Mapping[str, PromotionState]
    listed: frozenset[str]
    flags: frozenset[str] = frozenset()


def roll_back_anyhow(work: Workplace, wanted: Wanted, order: Order, announce: Announce | None = None) -> list[Halted]:
    """Bring flags to off with or without the ledger, dependants too. Raises `PrrError` for a key nobody knows.

    A key that nobody knows, or a flag key that nobody knows and no flag has, stops no other: what is known is lowered
    first, then the error is raised. A scope that names nothing known is refused before anything moves.
    """
    try:
        known = _read(work)
    except Exception as fault:
        return _blind(work, wanted, f"{fault}", announce)
    keys, spared = _keys(work, wanted, known)
    halted = _recorded(work, known, [key for key in keys if key in known.states], order, announce)
    halted += _spared(work, known, spared - {one.key for one in halted}, order)
    halted = _ordered(work, order, roll_back_words(order), {*keys, *spared}, known.states, halted)
    index = indexed(work)
    lost = {key for key in index if key not in known.listed}
    halted += _named(work, wanted, sorted(known.listed - known.states.keys()), "the ledger cannot read this promotion")
    halted += _named(work, wanted, sorted(lost), "this ledger never heard of it, though its flag was made from here")
    unused = set(wanted.flag_keys) - {state.flag_key for state in known.states.values()}
    flags = known.flags | {entry.flag_key for entry in index.values()}
    absent = absent_flags(work, unused - flags)
    halted += lower_flags_alone(work, dict.fromkeys(sorted(unused - absent), ""), "no promotion has this flag")
    _refuse_unknown([key for key in wanted.keys if key not in known.listed | lost], known.states, halted)
    refuse_absent(absent, flags, halted)
    return halted


def step_down_recorded(work: Workplace, keys: Sequence[str], order: Order) -> list[Halted]:
    """Bring promotions to their last good rung. Needs the ledger, which alone knows that rung."""
    try:
        states = work.ledger.states()
    except Exception as fault:
        raise PrrError(
            f"The last good rung is known to the ledger alone, which does not answer ({fault}). "
            "Roll back to off instead: leave out --step-down."
        ) from None
    halted = [_halted(one) for key in keys for one in step_down(work, key, order)]
    return _ordered(work, order, step_down_words(order), set(keys), states, halted)


def _read(work: Workplace) -> _Known:
    states = work.ledger.states()
    rows = work.ledger.promotions()
    return _Known(states, frozenset(row.key for row in rows), frozenset(row.flag_key for row in rows))


def _keys(work: Workplace, wanted: Wanted, known: _Known) -> tuple[list[str], set[str]]:
    """The promotions that the order names, by key, by scope or by flag; beside them those of a scope that are spared.

    Raises `UnknownName` for a scope of nobody.
    """
    keys, spared = list(wanted.keys), set[str]()
    if wanted.scope is not None:
        idle = _idle(work, known.states)
        crowd = Crowd.of_ledger(work, known.states)
        found = [key for key in crowd.keys_in(crowd.resolve(wanted.scope)) if known.states[key].is_open]
        keys, spared = [key for key in found if key not in idle], idle.intersection(found)
    return keys + [k for k, s in known.states.items() if s.flag_key in wanted.flag_keys and k not in keys], spared


def _recorded(
    work: Workplace, known: _Known, keys: Sequence[str], order: Order, announce: Announce | None
) -> list[Halted]:
    if not keys:
        return []
    try:
        reasons = rolled_back_with(known.states, keys, order)
        _announce(announce, [f"{key} ({known.states[key].exposure.name})" for key in reasons])
        return [_halted(one) for one in lower(work, reasons, known.states, order.by)]
    except Refused:
        raise
    except Exception as fault:
        return _blind(work, Wanted(tuple(keys)), f"{fault}", None)


def _spared(work: Workplace, known: _Known, spared: set[str], order: Order) -> list[Halted]:
    """What was spared, but for what began to rise in the meantime: that is lowered like the others."""
    with suppress(Exception):
        states = work.ledger.states()
        rising = [key for key in sorted(spared) if key in states and may_have_traffic(states[key])]
        late = _recorded(work, _Known(states, known.listed), rising, order, None)
        left = sorted(spared - {one.key for one in late})
        return [*late, *(Halted(key, states[key].flag_key, "off", True, spared=True) for key in left)]
    return [Halted(key, known.states[key].flag_key, "off", True, spared=True) for key in sorted(spared)]


def _ordered(
    work: Workplace,
    order: Order,
    cause: str,
    named: Collection[str],
    before: Mapping[str, PromotionState],
    halted: Sequence[Halted],
) -> list[Halted]:
    """Keep who ordered it where another's latch serves them, or where all was off already; else say that it is not."""
    told = [one for one in halted if one.key in named and one.key in before and not one.unrecorded]
    lowered = [one.key for one in told if not one.spared]
    done = Obeyed(cause, lowered, [one.key for one in told if one.spared], before)
    lost, why = book_order(work, order, done)
    return [replace(one, unrecorded=why) if one.key in lost and not one.unrecorded else one for one in halted]


def _idle(work: Workplace, states: Mapping[str, PromotionState]) -> set[str]:
    """Keys of the promotions that stand at off in the ledger and at their flags; none when the flags cannot be read."""
    at_rest = {key: state.flag_key for key, state in states.items() if state.is_open and not may_have_traffic(state)}
    try:
        shown = work.flags.read(list(at_rest.values()))
    except Exception:
        return set()
    return {key for key, flag in at_rest.items() if flag in shown and shown[flag].exposure == OFF}


def _blind(work: Workplace, wanted: Wanted, why: str, announce: Announce | None) -> list[Halted]:
    """Flags alone: by the index beside the ledger, else by the default names. A name that no flag has and the index
    does not know is refused; without an index it is lowered like the others, and that is said."""
    flags = blind_targets(work, wanted, why)
    known = {entry.flag_key for entry in indexed(work).values()}
    absent = absent_flags(work, flags.keys() - known)
    wrong = absent if known else frozenset[str]()
    told = {flag: key for flag, key in flags.items() if flag not in wrong}
    _announce(announce, [key or flag for flag, key in told.items()])
    halted = lower_flags_alone(work, told, f"the ledger does not answer: {why}")
    refuse_absent(wrong, known, halted)
    return [_unchecked(one) if one.flag_key in absent else one for one in halted]


def _unchecked(one: Halted) -> Halted:
    return replace(one, unrecorded=f"{one.unrecorded}; {UNCHECKED}")


def _announce(announce: Announce | None, words: Sequence[str]) -> None:
    """A screen that is gone is no reason to leave a flag up."""
    if announce is not None:
        with suppress(Exception):
            announce(words)


def _named(work: Workplace, wanted: Wanted, keys: Sequence[str], why: str) -> list[Halted]:
    """Those of the keys that are wanted, lowered by their flags alone. Of a scope the index tells who is in it."""
    chosen = set(wanted.keys)
    if wanted.everything:
        chosen |= set(keys)
    elif wanted.scope is not None and keys:
        crowd = Crowd.of_index(work, indexed(work))
        with suppress(PrrError):
            chosen |= set(crowd.keys_in(crowd.resolve(wanted.scope)))
    return lower_flags_alone(work, {flag_key_of(work.settings, key): key for key in keys if key in chosen}, why)


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
