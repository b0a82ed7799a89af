"""Exposures keep their order and survive text; names become safe path segments, and no two names one (S14)."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.exposure import FULL, FULL_BP, OFF, SHADOW, Exposure, Rest
from prr_pipeline.subjects import (
    Subject,
    SubjectKind,
    Target,
    decode_id,
    encode_id,
    parse_kind,
    parse_promotion_key,
    parse_target,
    promotion_key,
)

exposures = st.builds(Exposure, st.integers(-1, FULL_BP), st.sampled_from(Rest))
text = st.text(st.characters(codec="utf-8"), max_size=40)
odd = st.text("aAzZ09._-~/\\:%% \u00e9e\u0301\u0430\u212a\u017fIi\u0131\u0130", min_size=1, max_size=12)
SAFE = re.compile(r"[A-Za-z0-9._%-]*\Z")


@given(exposures, exposures)
def test_order_is_off_then_shadow_then_the_share(one: Exposure, other: Exposure) -> None:
    """Exactly one of less, level and more; the rest plays no part in the order."""
    assert (one < other) == (one.level < other.level) == (other > one)
    assert (one <= other) == (one.level <= other.level) == (other >= one)
    assert (one < other) + (one > other) + (one.level == other.level) == 1
    assert OFF < SHADOW < Exposure.share(1) <= FULL


@given(st.lists(exposures, max_size=12))
def test_sorting_by_order_is_sorting_by_level(many: list[Exposure]) -> None:
    """The order is total."""
    assert [one.level for one in sorted(many)] == sorted(one.level for one in many)


@settings(max_examples=200)
@given(exposures)
def test_an_exposure_survives_its_text(exposure: Exposure) -> None:
    """What is written is read again as the same exposure, to the basis point and with its rest."""
    assert Exposure.parse(str(exposure)) == exposure


def test_every_basis_point_has_a_text_of_its_own() -> None:
    """10,002 levels, 10,002 names, each read back."""
    names = [Exposure(level).name for level in range(-1, FULL_BP + 1)]
    assert len(set(names)) == FULL_BP + 2
    assert [Exposure.parse(name).level for name in names] == list(range(-1, FULL_BP + 1))


NO_EXPOSURES = (
    "", "OFF", "0%", "0.00%", "101%", "100.01%", "1", "1 %", " 1%", "1%\n", "-1%", "1.005%", "1e1%", ".5%", "1.%",
    "10%+off", "10%+", "off+shadow", "1,5%", "\u0661%", "\uff11%", "NaN%", "shadow ",
)  # fmt: skip


@pytest.mark.parametrize("wrong", NO_EXPOSURES)
def test_what_is_no_exposure_is_refused_in_a_sentence(wrong: str) -> None:
    """No other spelling, no other digits, nothing outside 0.01% to 100%."""
    with pytest.raises(PrrError) as refused:
        Exposure.parse(wrong)
    assert str(refused.value).endswith(".")


@given(st.integers(max_value=-2) | st.integers(min_value=FULL_BP + 1))
def test_a_level_outside_the_range_cannot_be_made(level: int) -> None:
    """Below off there is nothing, and nothing above everybody."""
    with pytest.raises(PrrError):
        Exposure(level)


def test_a_share_below_one_basis_point_is_refused() -> None:
    """Zero is off or shadow, never a share."""
    with pytest.raises(PrrError, match="use off or shadow"):
        Exposure.share(0)


@pytest.mark.parametrize("level", [-1, 0, FULL_BP])
def test_the_rest_means_nothing_where_nobody_is_left(level: int) -> None:
    """Off, shadow and everybody are the same with either rest, and only a share has users outside it."""
    assert Exposure(level, Rest.SHADOW) == Exposure(level)
    assert Exposure(50, Rest.SHADOW) != Exposure(50)


@pytest.mark.parametrize(("exposure", "bp", "share"), [(OFF, 0, False), (SHADOW, 0, False), (FULL, 10_000, True)])
def test_only_a_share_gives_users_the_answer(exposure: Exposure, bp: int, share: bool) -> None:
    """Shadow serves nobody."""
    assert (exposure.exposure_bp, exposure.is_share) == (bp, share)


@settings(max_examples=200)
@given(text | odd)
def test_an_encoded_name_is_one_safe_segment_and_decodes(name: str) -> None:
    """Safe characters only, no hidden file, no way up, and nothing is lost."""
    encoded = encode_id(name)
    assert SAFE.match(encoded)
    assert not encoded.startswith(".")
    assert decode_id(encoded) == name
    assert decode_id(encode_id(encoded)) == encoded


@settings(max_examples=200)
@given(odd, odd)
def test_look_alikes_stay_apart(one: str, other: str) -> None:
    """S14: no two names share an encoding or a key, however alike they look, in case, form or script."""
    assume(one != other)
    assert encode_id(one) != encode_id(other)
    keys = {promotion_key(Subject(kind, name), t) for kind in SubjectKind for name in (one, other) for t in Target}
    assert len(keys) == len(SubjectKind) * 2 * len(Target)


@settings(max_examples=200)
@given(st.text("%0123456789aAbBcCdDeEfF./\u00e9", max_size=12))
def test_only_what_was_encoded_is_decoded(encoded: str) -> None:
    """Another spelling of a name is refused in a sentence, never read as that name and never a stack trace."""
    with suppress(PrrError):
        assert encode_id(decode_id(encoded)) == encoded


@pytest.mark.parametrize("wrong", ["%2e", "%FF", "%C3", "a/b", "..", "%41", "%", "a b", "%ED%A0%80"])
def test_another_spelling_is_refused(wrong: str) -> None:
    """Lower-case escapes, needless escapes, half characters, slashes and dots."""
    with pytest.raises(PrrError, match="not an encoded name"):
        decode_id(wrong)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("createGrant", "createGrant"),
        ("..", "%2E."),
        (".git", "%2Egit"),
        ("a/b", "a%2Fb"),
        ("a:b", "a%3Ab"),
        ("POST /grants/{id}", "POST%20%2Fgrants%2F%7Bid%7D"),
        ("r\u00e9sum\u00e9", "r%C3%A9sum%C3%A9"),
        ("50%", "50%25"),
    ],
)
def test_names_with_slashes_and_dots_are_spelled_like_this(name: str, encoded: str) -> None:
    """The form that file names and partition keys have."""
    assert encode_id(name) == encoded


subjects = st.builds(Subject, st.sampled_from(SubjectKind), odd)


@settings(max_examples=200)
@given(subjects, st.sampled_from(Target))
def test_a_promotion_key_names_its_subject_and_target(subject: Subject, target: Target) -> None:
    """Two parts for an operation, three for all others; read back exactly."""
    key = promotion_key(subject, target)
    assert key.count(":") == (1 if subject.kind is SubjectKind.OPERATION else 2)
    assert parse_promotion_key(key) == (subject, target)


@pytest.mark.parametrize(
    "wrong", ["createGrant", "a:b:c:ga", ":ga", "service::ga", "a/b:ga", "", "createGrant:", "%zz:ga"]
)
def test_what_is_no_promotion_key_is_refused(wrong: str) -> None:
    """In a sentence that names what is wrong."""
    with pytest.raises(PrrError):
        parse_promotion_key(wrong)


@given(subjects)
def test_a_subject_survives_its_text(subject: Subject) -> None:
    """``service identity`` is read as what it was, spaces in the name and all."""
    assert Subject.parse(str(subject)) == subject


def test_a_bare_name_is_an_operation() -> None:
    """The common case needs no kind."""
    assert Subject.parse("createGrant") == Subject(SubjectKind.OPERATION, "createGrant")


@pytest.mark.parametrize(
    "name", ["", "a" * 201, "a\nb", "a\x00", "a\u202eb", "a\u200db", "\ud800", "a\u2028b", "a\u2029"]
)
def test_a_name_that_cannot_be_read_is_refused(name: str) -> None:
    """Empty, too long, line breaks, control and invisible characters, half characters."""
    with pytest.raises(PrrError):
        Subject(SubjectKind.OPERATION, name)


@pytest.mark.parametrize(("parse", "valid"), [(parse_kind, SubjectKind), (parse_target, Target)])
def test_an_unknown_word_is_answered_with_the_valid_ones(parse, valid) -> None:  # type: ignore[no-untyped-def]
    """No silent default."""
    with pytest.raises(UnknownName) as refused:
        parse("nonsense")
    assert all(str(one) in str(refused.value) for one in valid)
