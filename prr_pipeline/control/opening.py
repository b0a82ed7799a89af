"""Open a promotion: one ledger event that holds everything asked for, the whole ladder included."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.flag_index import default_flag_key, write_index
from prr_pipeline.control.known_names import keep_names
from prr_pipeline.control.monorepo import open_head, operation_facts
from prr_pipeline.control.notices import notify
from prr_pipeline.control.opening_order import versions_of_dependants
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.flags.backend import check_write
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.review.identities import require_person
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject, SubjectKind, Target, encode_id, promotion_key


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What a person asks for. None means: the default from the profile, the context map or the settings."""

    subject: Subject
    target: Target
    by: str
    flag_key: str | None = None
    context: str | None = None
    author: str | None = None
    dependencies: Sequence[Subject] | None = None


def open_promotion(work: Workplace, request: OpenRequest) -> PromotionState:
    """Write the promotion and make its flag, at off. Raises `Refused` in one sentence for what the rules forbid."""
    if not request.by.strip():
        raise Refused("A promotion needs the name of the person who opens it.")
    key = promotion_key(request.subject, request.target)
    _refuse_known(work, key)
    head = open_head(work)
    known = operation_facts(work, head, request.subject)
    _refuse_skipped_beta(work, request)
    context = (request.context or "").strip() or known.context
    if not context:
        raise Refused(
            f"No bounded context is known for {request.subject}; give --context or add it to the context map."
        )
    dependencies = known.dependencies if request.dependencies is None else request.dependencies
    if request.subject in dependencies:
        raise Refused(f"{request.subject} cannot depend on itself.")
    theirs = {str(needed): operation_facts(work, head, needed).context for needed in dependencies}
    flag_key = (request.flag_key or "").strip() or default_flag_key(key)
    check_write(flag_key, "open")
    author = require_person(work.roster, "author", (request.author or "").strip() or request.by.strip())
    payload: dict[str, object] = {
        "author": author,
        "commit": head.commit or "",
        "context": context,
        "dependencies": sorted({str(subject) for subject in dependencies}),
        "dependency_contexts": {subject: name for subject, name in theirs.items() if name},
        "environment": work.settings.flags.environment,
        "flag_key": flag_key,
        "ladder": work.settings.ladder.ladder().as_data(),
        "subject": str(request.subject),
        "target": str(request.target),
    }
    keep_names(work, head, work.profile_at(head))
    _refuse_taken_flag(work, flag_key)
    below = versions_of_dependants(work, request.subject)
    work.ledger.append(
        [Draft(key, EventType.PROMOTION_OPENED, payload, f"person:{request.by}")], expect={key: 0, **below}
    )
    state = work.state(key)
    _index(work, state)
    create_flag(work, state)
    return state


def _index(work: Workplace, state: PromotionState) -> None:
    """Without the index only the ledger knows the flag: worth a word to people, and no reason to undo the opening."""
    try:
        write_index(work.settings, work.ledger.states(open_only=True))
    except OSError as fault:
        body = f"The flag index could not be written ({fault.strerror}); without the ledger, name the flag key."
        notify(work, "warn", f"{state.key} is not in the flag index", body, state.key, "flag-index")


def create_flag(work: Workplace, state: PromotionState) -> None:
    """Make the flag at off, so that applications find it, unless somebody made it since it was looked for.

    A back end that has stopped answering is no obstacle: the first write makes the flag.
    """
    with suppress(PrrError):
        work.flags.write(state.flag_key, OFF, expected_version=0, intent_id=f"create-{encode_id(state.key)}")


def _refuse_taken_flag(work: Workplace, flag_key: str) -> None:
    """A flag that is there belongs to somebody, and ticks would lower it. One that cannot be read may be there."""
    if any(state.flag_key == flag_key for state in work.ledger.states().values()):
        return  # the ledger refuses it, and knows whose it was
    try:
        record = work.flags.read([flag_key])[flag_key]
    except PrrError as fault:
        why = str(fault).rstrip(".")
        raise Refused(
            f"Nobody can tell whether the flag {flag_key!r} is free ({why}); open it when they can."
        ) from None
    if record.version > 0 or record.exposure is None:
        shown = "holds a definition that is not ours" if record.exposure is None else f"shows {record.exposure}"
        raise Refused(
            f"The flag {flag_key!r} exists already and {shown}; a promotion never takes over a flag, so name one that "
            "is free with --flag-key."
        )


def _refuse_known(work: Workplace, key: str) -> None:
    state = work.ledger.state(key)
    if state is not None and state.is_open:
        raise Refused(f"{key} is open already; see `prr show {key}`.")
    if state is not None:
        raise Refused(f"{key} ended at {instant_text(state.ended_at or state.opened_at)}; it is not opened again.")


def _refuse_skipped_beta(work: Workplace, request: OpenRequest) -> None:
    if request.subject.kind is not SubjectKind.OPERATION:
        return
    maturity = recorded_maturity(work, request.subject)
    if request.target is Target.GA and maturity is None:
        raise Refused(
            f"{request.subject.name} cannot go to GA: the ledger records no Beta for it. Promote it to Beta first, "
            f"or adopt the maturity it already has with `prr adopt`."
        )
    if maturity == str(request.target) or maturity == "ga":
        raise Refused(f"{request.subject.name} is at {maturity} already, as the ledger records.")
