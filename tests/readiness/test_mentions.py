"""Which texts and paths can name a subject at all: what is looked up first never hides one that does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.readiness.mentions import Mentions, file_names_in, words_of

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


def test_a_name_without_a_word_is_looked_for_everywhere() -> None:
    """Nothing of it stands in an index."""
    assert Mentions("/-").rarest_word is None
