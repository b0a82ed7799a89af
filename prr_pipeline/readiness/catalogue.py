"""The catalogue: every line of both checklists, and of a user's own, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from prr_pipeline.errors import PrrError, UnknownName, Unreadable
from prr_pipeline.readiness.facts import Capacity
from prr_pipeline.readiness.parameters import references
from prr_pipeline.readiness.profile import PROFILE_KEYS
from prr_pipeline.readiness.registry import validate_names
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.snapshot import Blob
from prr_pipeline.subjects import Subject, SubjectKind, Target

BUILT_IN = ("endpoint", "full")
Kind = Literal["A", "D", "X", "P", "A+P", "A+X", "A or X", "D+P", "X+P"]
"""How a line is judged: A from the repository, D once declared, X from a service, P by a person."""
Stage = Literal["beta", "ga", "after_ga"]
"""From when on a line is asked: before Beta and GA, before GA alone, or after it."""
Sentence = Annotated[str, Field(min_length=20)]
_Kind = Annotated[SubjectKind, BeforeValidator(lambda text: SubjectKind(text))]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AppliesTo(_Entry):
    """Which subjects a line is asked of, per which item of them, and under which condition (in words)."""

    kind: _Kind
    each: str | None = None
    condition: str | None = None


class Due(_Entry):
    """When a line after GA falls due, counted from full exposure: days, or the end of the n-th next quarter."""

    days: Any = None
    quarters: int | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Due:
        if (self.days is None) == (self.quarters is None):
            raise ValueError("give either days or quarters")
        return self


class Line(_Entry):
    """One line. ``line`` is the checklist's own wording; ``check`` is None where only a person judges yet.

    Of the person's part: ``attested_by`` says who must sign (None: anybody of the roster), ``attested_when_due`` that
    what was signed before the line fell due says nothing, ``exemption_attested`` that a person must also state why a
    line does not apply.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    number: str = Field(pattern=r"^[A-Z]+[0-9]+$")
    section: str = Field(min_length=1)
    line: str = Field(min_length=3)
    applies_to: AppliesTo
    kind: Kind
    why: Sentence
    if_unmet: Sentence
    evidence: Sentence
    stage: Stage = "beta"
    counts: bool = True
    justifiable: bool = True
    check: str | None = None
    parameters: Mapping[str, Any] = Field(default_factory=dict)
    statement: str | None = None
    attested_by: Capacity | None = None
    attested_when_due: bool = False
    exemption_attested: bool = False
    due: Due | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Line:
        if self.check is None and self.parameters:
            raise ValueError("parameters without a check")
        if (self.due is not None) != (self.stage == "after_ga"):
            raise ValueError("a line has `due` exactly when its stage is after_ga")
        if not self.has_person_part and (self.attested_by or self.attested_when_due or self.exemption_attested):
            raise ValueError("who attests, and when, is said of a line that no person judges")
        if self.attested_when_due and self.due is None:
            raise ValueError("attested_when_due needs `due`")
        return self

    @property
    def has_person_part(self) -> bool:
        """Whether an attestation must hold besides (or instead of) what is checked."""
        return self.check is None or "P" in self.kind.split("+")

    @property
    def to_attest(self) -> str:
        """The statement that a person signs for this line."""
        return self.statement or self.line


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Lines in checklist order, ids and numbers unique."""

    lines: tuple[Line, ...]

    def line(self, line_id: str) -> Line:
        """The line of that id or number. Raises `UnknownName`."""
        for line in self.lines:
            if line_id in (line.id, line.number):
                return line
        raise UnknownName("line", line_id, [line.id for line in self.lines])

    def lines_for(self, subject: Subject | SubjectKind, target: Target | None = None) -> tuple[Line, ...]:
        """The lines asked of a subject on its way to ``target``; with no target, all of its kind."""
        kind = subject.kind if isinstance(subject, Subject) else subject
        left_out = {Target.BETA: {"ga", "after_ga"}, Target.GA: set[str](), None: set[str]()}[target]
        return tuple(line for line in self.lines if line.applies_to.kind is kind and line.stage not in left_out)

    def section(self, name: str) -> Catalogue:
        """The lines of one section, found in any case. Raises `UnknownName` with the sections."""
        found = tuple(line for line in self.lines if line.section.lower() == name.lower())
        if not found:
            raise UnknownName("section", name, {line.section for line in self.lines})
        return Catalogue(found)


def load_catalogue(*own: Path) -> Catalogue:
    """Both checklists, and the user's own YAML files after them. Raises `PrrError` for any fault in an entry."""
    folder = Path(str(files("prr_pipeline.readiness"))) / "catalogue"
    lines = [line for path in (*(folder / f"{name}.yaml" for name in BUILT_IN), *own) for line in _read(path)]
    _refuse_twins("id", [line.id for line in lines])
    _refuse_twins("number", [line.number for line in lines])
    return Catalogue(tuple(lines))


def _read(path: Path) -> list[Line]:
    try:
        data = load_yaml(Blob(str(path), "", path.read_bytes()))
    except OSError as fault:
        raise Unreadable(f"The checklist {path} cannot be read ({type(fault).__name__}).") from None
    if not isinstance(data, Mapping) or not isinstance(data.get("lines"), list):
        raise PrrError(f"The checklist {path} has no list `lines`.")
    unknown = set(data) - {"catalogue", "title", "lines"}
    if unknown:
        raise UnknownName(f"key in the checklist {path}:", sorted(unknown)[0], ("catalogue", "title", "lines"))
    return [_line(path, entry) for entry in data["lines"]]


def _line(path: Path, entry: object) -> Line:
    name = str(entry.get("id", "?")) if isinstance(entry, Mapping) else "?"
    try:
        line = Line.model_validate(entry)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the entry"
        raise PrrError(f"The checklist {path}, line {name}: {place}: {first['msg']}.") from None
    if line.check is not None:
        _validate_check(f"The checklist {path}, line {name}", line.check, line.parameters)
    return line


def _validate_check(where: str, name: str, parameters: Mapping[str, Any]) -> None:
    try:
        validate_names(name, parameters)
    except PrrError as fault:
        raise PrrError(f"{where}: {fault}") from None
    for key in references(parameters):
        if key not in PROFILE_KEYS:
            raise PrrError(f"{where}: " + str(UnknownName("profile key", key, PROFILE_KEYS)))


def _refuse_twins(what: str, names: Sequence[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise PrrError(f"The {what} {twins[0]!r} stands at two lines of the checklists; each is used once.")
