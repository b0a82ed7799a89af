"""How every output words what became of a line since a base: the same before and after, cause and sums everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from prr_pipeline.readiness.changes import Cause, Change, Compared, Effect, LineState
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.reports.overlay_words import place
from prr_pipeline.reports.tally import ChangeTally

_CAUSES = {Cause.EVIDENCE: "evidence outside the repository", Cause.TIME: "time"}
_ORDER = {Effect.WORSE: 0, Effect.OTHER: 1, Effect.BETTER: 2}
_VERDICTS = {
    0: "the change makes nothing worse",
    1: "the change makes it worse",
    2: "whether the change makes it worse is not known",
}
ARROW = "->"


def verdict_words(exit_code: int) -> str:
    """What a comparison comes to, by its exit code."""
    return _VERDICTS[exit_code]


def state_words(state: LineState) -> str:
    """The outcome with what people added to it, as in every report: ``unmet, justified``."""
    words = str(state.outcome).replace("_", " ")
    if state.outcome is Outcome.UNMET and state.justification:
        return f"{words}, justified"
    return f"{words}, attested" if state.attestations else words


def path_words(change: Change) -> str:
    """Before and after: ``met -> unmet``."""
    return f"{state_words(change.before)} {ARROW} {state_words(change.after)}"


def kind_words(change: Change) -> str:
    """What became of it: ``newly unmet``; what the commit did not do says what did."""
    words = str(change.kind).replace("_", " ")
    return words if change.cause is Cause.COMMIT else f"{words}, by {_CAUSES[change.cause]}"


def place_words(change: Change) -> str:
    """Where to look: the first place of the finding now, else of the one before; empty without any."""
    at = change.after.place or change.before.place
    return place(at) if at is not None else ""


def changed_sentence(change: Change, compared: Compared) -> str:
    """A change in one sentence, for formats that have no table of them."""
    return f"Since {compared.base}: {path_words(change)} ({kind_words(change)}). {change.why}"


def ordered(changes: Iterable[Change]) -> list[Change]:
    """What the commit did first, and in it what is worse; then the rest. Within each in the order given."""
    return sorted(changes, key=lambda one: (one.cause is not Cause.COMMIT, not one.counted, _ORDER[one.effect]))


def count_words(since: ChangeTally) -> str:
    """All changes in one sentence without a full stop."""
    effects = since.effects
    parts = [f"{effects[one]} {word}" for one, word in _EFFECT_WORDS.items() if effects[one]]
    parts += [f"{since.elsewhere} not by the change itself"] if since.elsewhere else []
    lines = f"Lines: {', '.join(parts)}" if parts else "No line stands otherwise"
    counts = {"new": len(since.appeared), "gone": len(since.vanished)}
    subjects = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return lines + (f". Subjects: {subjects}" if subjects else "")


_EFFECT_WORDS = {Effect.WORSE: "worse", Effect.BETTER: "better", Effect.OTHER: "otherwise"}
