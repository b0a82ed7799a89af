"""A silence is one sentence with its reason, and carries nothing of what was below it."""

from __future__ import annotations

import traceback

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.silence import TRANSIENT, Reason, SourceSilent, without_frames
from tests.architecture.source_tree import ROOT
from tests.platforms.asking import CANARY, NOW, require_one_sentence


def test_a_silence_is_a_fault_that_a_person_meets() -> None:
    """What happened, until when, and the way out."""
    silent = SourceSilent(Reason.RATE_LIMITED, "Shop is rate limited", "ask again then", until=NOW)
    assert isinstance(silent, PrrError)
    assert str(silent) == "Shop is rate limited until 2026-03-02T12:00:00.000000Z; ask again then."
    require_one_sentence(SourceSilent(Reason.TIMED_OUT, "Shop did not answer", "ask again later"))


def test_frames_below_are_left_behind() -> None:
    """A header or body that stands there as a variable is in no trace."""

    def ask() -> None:
        header = CANARY
        try:
            raise ValueError(header)
        except ValueError:
            raise SourceSilent(Reason.CUT_OFF, "Shop broke off", "ask again") from None

    with pytest.raises(SourceSilent) as caught:
        without_frames(ask)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert CANARY not in "".join(told.format())
    assert caught.value.__context__ is None


def test_an_answer_and_other_faults_pass() -> None:
    """Only silences are cut."""
    assert without_frames(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        without_frames(lambda: 1 // 0)


def test_the_page_explains_every_reason() -> None:
    """Each code has its row."""
    page = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    explained = page.partition("| code | what happened |")[2]
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in explained] == []
    assert set(Reason) > TRANSIENT
