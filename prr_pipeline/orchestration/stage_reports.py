"""What the stages after 100% show beside where the promotion stands: a patch to commit, an entry, a report."""

from __future__ import annotations

import dagster as dg

from prr_pipeline.control.after_ga import Stage
from prr_pipeline.control.feedback_review import review_of
from prr_pipeline.control.game_days import plan_entry, words_of
from prr_pipeline.control.maturity_patch import maturity_patch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.orchestration.reports import report_stage
from prr_pipeline.reports.feedback_page import feedback_markdown
from prr_pipeline.reports.text import fenced, markdown


def report_maturity(work: Workplace, key: str, stage: Stage) -> dg.MaterializeResult[None]:
    """`report_stage`, with the patch that states the maturity in the specification, or why there is none."""
    result = report_stage(work, key, stage)
    try:
        patch = maturity_patch(work, key).patch
    except PrrError as fault:
        return _with(result, "patch", markdown(str(fault)))
    return _with(result, "patch", _block(patch) if patch else "The specification states it already.")


def report_game_day(work: Workplace, key: str, stage: Stage) -> dg.MaterializeResult[None]:
    """`report_stage`, with the entry for the plan, or where it stands."""
    result = report_stage(work, key, stage)
    try:
        entry = plan_entry(work, key)
    except PrrError as fault:
        return _with(result, "entry", markdown(str(fault)))
    return _with(result, "entry", _block(entry.patch) if entry.patch else markdown(words_of(entry)))


def report_feedback(work: Workplace, key: str, stage: Stage) -> dg.MaterializeResult[None]:
    """`report_stage`, with the report on the month: as the ledger keeps it, or as the sources say now."""
    result = report_stage(work, key, stage)
    try:
        words = feedback_markdown(review_of(work, key))
    except PrrError as fault:
        words = markdown(str(fault))
    return _with(result, "report", words)


def _block(patch: bytes) -> str:
    return fenced(patch.decode("utf-8", "replace").rstrip("\n"), "diff")


def _with(result: dg.MaterializeResult[None], name: str, text: str) -> dg.MaterializeResult[None]:
    return result._replace(metadata={**(result.metadata or {}), name: dg.MetadataValue.md(text)})
