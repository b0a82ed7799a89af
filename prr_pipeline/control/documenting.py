"""The PRR document: of an open promotion as judged at the tracked ref, else of what lies in a working tree."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.control.checking import Checkup
from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.document import line_texts, render_document, write_document
from prr_pipeline.control.monorepo import prr_document_path
from prr_pipeline.control.places import find_repository, open_place, working_tree
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import Report
from prr_pipeline.review.document import document_state, render
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject, Target, promotion_key


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered document: its path in the monorepo, its text, and how the filed one stands against it."""

    tree: Path
    path: str
    target: Target
    data: bytes
    state: str
    report: Report
    catalogue: Catalogue

    def write(self) -> Path:
        """Write it into the working tree, keeping what people wrote there; returns the file."""
        return write_document(self.tree, self.path, self.target, self.report, self.catalogue)


def document_page(
    settings: Settings | None, subject: Subject, target: Target | None, tree: Path | None, profile: str | None
) -> Page:
    """Render. Raises `PrrError` when no target is given and no open promotion tells it."""
    work = Workplace(settings) if settings else None
    state = _promotion(work, subject, target)
    if work is not None and state is not None:
        rendered = render_document(judge_promotion(work, state.key, "prr document"))
        judgement = rendered.judgement
        root = working_tree(work, tree)
        return Page(
            root, rendered.path, state.target, rendered.data, str(rendered.state), judgement.report, judgement.catalogue
        )
    if target is None:
        raise PrrError(f"{subject} has no open promotion; give --target beta or --target ga.")
    return _page_of_tree(settings, subject, target, tree, profile)


def _page_of_tree(
    settings: Settings | None, subject: Subject, target: Target, tree: Path | None, profile: str | None
) -> Page:
    place = open_place(settings, repository=tree, profile=profile)
    report = next(iter(Checkup(place, target).check([subject], None))).report
    path = prr_document_path(place.profile, subject)
    existing = place.snapshot.read(path).data if place.snapshot.exists(path) else None
    data = render(existing, target, report, line_texts(place.catalogue, report))
    state = str(document_state(existing, data))
    return Page(find_repository(place.repository), path, target, data, state, report, place.catalogue)


def _promotion(work: Workplace | None, subject: Subject, target: Target | None) -> PromotionState | None:
    """The open promotion to that target, or to any when none is given; None where no ledger can be read."""
    if work is None:
        return None
    try:
        states = work.ledger.states(open_only=True)
    except PrrError:
        return None
    if target is not None:
        return states.get(promotion_key(subject, target))
    return next((state for state in states.values() if state.subject == subject), None)
