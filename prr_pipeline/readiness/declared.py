"""Things that people declare in YAML: classes that name their keys with types, and one sentence for what does not fit.

msgspec makes and checks them in a fraction of the time that a judgement takes; pydantic alone takes longer to import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal, TypeVar, dataclass_transform, get_args, get_origin

import msgspec

from prr_pipeline.errors import PrrError

Form = TypeVar("Form")
_NO_KEY, _NOT_GIVEN = "there is no such key", "it must be given"
_PLACED = re.compile(r"(?P<said>.*?)(?: - at `(?P<place>[^`]*)`)?\Z", re.DOTALL)
_STEPS = re.compile(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`\Z", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`\Z", re.DOTALL)


class Unfit(ValueError):
    """What was declared does not fit. ``path`` is dotted, empty for the whole; ``unknown``: there is no such key.

    ``given`` is what stands there, as far as the path tells: a key of a mapping is not in it.
    """

    def __init__(self, path: str, said: str, unknown: bool, given: object) -> None:
        super().__init__(f"{path}: {said}" if path else said)
        self.path, self.said, self.unknown, self.given = path, said, unknown, given


class _Keyed(msgspec.StructMeta):
    """Makes every key of every form one that is given by name: what must be given may follow what need not."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> Any:
        return super().__new__(cls, name, bases, namespace, frozen=True, forbid_unknown_fields=True, kw_only=True)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Declared(msgspec.Struct, metaclass=_Keyed, frozen=True):
    """A frozen form whose keys are its annotations; one without a default must be given."""


def form_keys(form: type[Declared]) -> Mapping[str, bool]:
    """Every key of a form, and whether it must be given."""
    return {each.name: each.required for each in msgspec.structs.fields(form)}


def form_json(form: Declared) -> str:
    """Every value of a form, defaults too, in the order of declaration."""
    return msgspec.json.encode(form, enc_hook=lambda each: dict(each) if isinstance(each, dict) else str(each)).decode()


def fitted(given: object, form: type[Form]) -> Form:
    """What was given as that type. Raises `Unfit`."""
    try:
        return msgspec.convert(given, form, dec_hook=_special)
    except msgspec.ValidationError as fault:
        raise _unfit(str(fault), given) from None


def faults_of(given: Mapping[str, Any], form: type[Declared]) -> list[Unfit]:
    """Everything that does not fit, key by key; what the keys say together only when each of them fits."""
    found: list[Unfit] = []
    known = {each.name: each for each in msgspec.structs.fields(form)}
    for key, value in given.items():
        if key not in known:
            found.append(Unfit(str(key), _NO_KEY, True, given))
            continue
        try:
            fitted(value, known[key].type)
        except Unfit as fault:
            path = f"{key}{'' if fault.path.startswith('[') or not fault.path else '.'}{fault.path}"
            found.append(Unfit(path, fault.said + _choices(fault, known[key].type), False, fault.given))
    found += [Unfit(key, _NOT_GIVEN, False, given) for key, each in known.items() if each.required and key not in given]
    if found:
        return found
    try:
        fitted(given, form)
    except Unfit as fault:
        return [fault]
    return []


def _choices(fault: Unfit, kind: Any) -> str:
    """The words that may stand there, where only certain ones may."""
    if not fault.said.startswith("invalid enum value"):
        return ""
    parts = [kind, *get_args(kind)]
    words = [str(word) for each in parts if get_origin(each) is Literal for word in get_args(each)]
    words += [str(word) for each in parts if isinstance(each, type) and issubclass(each, Enum) for word in each]
    return f"; valid: {', '.join(words)}" if words else ""


def _special(kind: type, given: object) -> object:
    """Types that read themselves, such as patterns. Their faults are told with the place."""
    try:
        return kind(given)
    except PrrError as fault:
        raise ValueError(str(fault).rstrip(".")) from None


def _unfit(text: str, given: object) -> Unfit:
    """The fault in our own words of place: ``parts[0].name`` for ``$.parts[0].name``."""
    found = _PLACED.match(text)
    said, place = (found["said"], found["place"] or "") if found else (text, "")
    path = place.removeprefix("$").removeprefix(".")
    for form, words, unknown in ((_UNKNOWN, _NO_KEY, True), (_MISSING, _NOT_GIVEN, False)):
        if about := form.match(said):
            return Unfit(".".join(part for part in (path, about["name"]) if part), words, unknown, given)
    said = said if said.startswith("The ") else said[:1].lower() + said[1:]
    return Unfit(path, said, False, _at(given, path))


def _at(given: Any, path: str) -> object:
    """What stands at ``parts[0].name``, or at the last place before one that cannot be followed."""
    for name, index in _STEPS.findall(path):
        if name and isinstance(given, Mapping) and name in given:
            given = given[name]
        elif index and isinstance(given, list | tuple) and int(index) < len(given):
            given = given[int(index)]
        else:
            break
    return given
