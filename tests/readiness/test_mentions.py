"""Which texts and paths can name a subject at all: what is looked up first never hides one that does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.readiness.mentions import Mentions, file_names_in, mentions_of, words_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import loop
from tests.readiness.fakes import FakeSnapshot

NAMES = st.text("aB1_é.-/ ", min_size=1, max_size=6)
TEXTS = st.text("aB1_é.-/ ", max_size=20)


@given(NAMES, TEXTS, TEXTS)
def test_a_text_that_names_a_subject_holds_its_word(name: str, before: str, after: str) -> None:
    """The index by words leads to every text in which the name stands."""
    mentions, text = Mentions(name), before + name + after
    if mentions.named_in(text):
        assert mentions.rarest_word is None or mentions.rarest_word in words_of(text)


@given(NAMES, TEXTS, TEXTS)
def test_a_path_that_names_a_subject_holds_its_file_name(name: str, before: str, after: str) -> None:
    """The index by file names leads to every path that is called after the subject."""
    mentions = Mentions(name)
    path = f"{before}/{mentions.file_name}{after}"
    if mentions.names_file(path):
        assert mentions.file_name in set(file_names_in(path))


def test_an_endpoint_is_not_named_by_a_longer_path() -> None:
    """Its service is no part of how texts call it; endpoints of that service which hold its name are told apart."""
    spec = "openapi: 3.1.0\npaths:\n  /v1/events: {post: {}}\n  /v1/events/{id}: {post: {}}\n"
    sources = Sources(FakeSnapshot({"services/events/openapi.yaml": spec}), loop())
    mentions = mentions_of(sources, Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "events/POST /v1/events"))
    assert mentions.named_in("POST /v1/events asks for a scope")
    assert not mentions.named_in("POST /v1/events/{id} asks for a scope")


def test_a_name_without_a_word_is_looked_for_everywhere() -> None:
    """Nothing of it stands in an index."""
    assert Mentions("/-").rarest_word is None
