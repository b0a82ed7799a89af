"""A secret is shown nowhere, and comes from its variable or not at all."""

from __future__ import annotations

import copy
import traceback

import pytest

from prr_pipeline.platforms.http.service import Credential, service_at
from prr_pipeline.platforms.secret import Secret, secret_from
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.platforms.asking import CANARY

SECRET = Secret(CANARY)


@pytest.mark.parametrize(
    "text",
    [
        repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>40}", f"{SECRET:>40}", repr({"token": SECRET}),
        repr(Credential("PRR_X", "Bearer ", SECRET)),
        repr(service_at("X", "platforms.x", "https://x.example", Credential("PRR_X", "Bearer ", SECRET))),
    ],
)  # fmt: skip
def test_no_form_shows_it(text: str) -> None:
    """Nor that of what holds it."""
    assert CANARY not in text
    assert "[hidden]" in text


def test_it_is_neither_pickled_nor_copied() -> None:
    """A copy could be written somewhere."""
    for take in (lambda: copy.copy(SECRET), lambda: copy.deepcopy([SECRET]), lambda: SECRET.__reduce_ex__(4)):
        with pytest.raises(TypeError, match="neither pickled nor copied") as refused:
            take()
        assert CANARY not in str(refused.value)


def test_it_has_no_attributes_to_list() -> None:
    """What lists an object's variables finds none."""
    assert not hasattr(SECRET, "__dict__")


def test_it_is_revealed_on_purpose_alone() -> None:
    """For the header that it is sent in."""
    assert SECRET.reveal() == CANARY
    assert SECRET.hide(f"a {CANARY} b") == "a [hidden] b"
    assert Secret("").hide("a b") == "a b"


def test_it_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment given, else of the process; a line break at its end is none of it."""
    assert secret_from("PRR_X", "Shop", {"PRR_X": f"{CANARY}\n"}).reveal() == CANARY
    monkeypatch.setenv("PRR_X", CANARY)
    assert secret_from("PRR_X", "Shop").reveal() == CANARY


@pytest.mark.parametrize("text", ["", "  ", f"{CANARY} x", f"{CANARY}\r\nX-Evil: 1", f"{CANARY}ä", CANARY * 400])
def test_what_cannot_be_a_token_is_a_silence(text: str) -> None:
    """It names the variable, not what is in it: a header would be torn apart by it."""
    with pytest.raises(SourceSilent, match="PRR_X") as silent:
        secret_from("PRR_X", "Shop", {"PRR_X": text})
    assert silent.value.reason is Reason.CREDENTIAL_MISSING
    own = traceback.TracebackException.from_exception(silent.value, capture_locals=True).stack[1:]
    assert not any(CANARY in value for frame in own for name, value in (frame.locals or {}).items() if name == "found")
