"""Adoption: the council's signed word that operations already have a maturity, as the specification says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from prr_pipeline.canonical import canonical_bytes, digest_bytes, instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable
from prr_pipeline.review.council import Bench, CouncilPolicy, quorum_gap
from prr_pipeline.review.fields import Fields, read_canonical
from prr_pipeline.review.records import NONCE, STATEMENT_TYPE
from prr_pipeline.review.roster import Roster
from prr_pipeline.subjects import Target, parse_target

PREDICATE_TYPE = "urn:prr-pipeline:adoption:v1"
NAMESPACE = "prr-adoption-v1"
"""The signature namespace: a signature for a record is worth nothing here, and the other way round."""


@dataclass(frozen=True, slots=True, order=True)
class AdoptedOperation:
    """One operation at the statement's commit. ``maturity`` is the level in the specification there."""

    operation_id: str
    context: str
    maturity: str
    spec_subtree_digest: str


@dataclass(frozen=True, slots=True)
class AdoptionStatement:
    """What council members sign together. ``operations`` are in order of their ids, each once."""

    operations: tuple[AdoptedOperation, ...]
    target: Target
    commit: str
    statement: str
    nonce: str
    prepared_at: datetime
    expires_at: datetime
    roster_digest: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple(sorted(self.operations)))
        names = [one.operation_id for one in self.operations]
        if not names or len(set(names)) != len(names):
            raise Refused("An adoption names at least one operation, and each once.")
        if not self.statement.strip():
            raise Refused(
                "An adoption needs a statement in words; say why these operations have this maturity already."
            )

    @property
    def contexts(self) -> tuple[str, ...]:
        """The bounded contexts whose council members must be among the signers, sorted."""
        return tuple(sorted({one.context for one in self.operations}))

    @property
    def digest(self) -> str:
        """The digest that names the statement."""
        return digest_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """The bytes to show and to sign: canonical JSON."""
        return canonical_bytes(
            {
                "_type": STATEMENT_TYPE,
                "predicateType": PREDICATE_TYPE,
                "subject": [
                    {"name": one.operation_id, "digest": {"sha256": one.spec_subtree_digest.removeprefix("sha256:")}}
                    for one in self.operations
                ],
                "predicate": {
                    "commit": self.commit,
                    "expires_at": instant_text(self.expires_at),
                    "nonce": self.nonce,
                    "operations": [
                        {"context": one.context, "maturity": one.maturity, "operation_id": one.operation_id}
                        for one in self.operations
                    ],
                    "prepared_at": instant_text(self.prepared_at),
                    "roster_digest": self.roster_digest,
                    "statement": self.statement,
                    "target": str(self.target),
                },
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> AdoptionStatement:
        """Read what `to_bytes` writes. Raises `PrrError` for anything else."""
        outer = Fields(read_canonical(data, "The adoption"), "The adoption")
        for name, wanted in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
            if (found := outer.text(name)) != wanted:
                outer.refuse(name, found, wanted)
        subjects, f = outer.value("subject"), Fields(outer.value("predicate"), "The adoption")
        outer.close()
        made = cls(
            operations=_operations(f.value("operations"), subjects),
            target=parse_target(f.text("target")),
            commit=f.text("commit"),
            statement=f.text("statement"),
            nonce=f.matching("nonce", NONCE, "16 to 64 hex digits"),
            prepared_at=f.instant("prepared_at"),
            expires_at=f.instant("expires_at"),
            roster_digest=f.digest("roster_digest"),
        )
        f.close()
        if made.to_bytes() != data:
            raise Unreadable("The adoption is not in the form that is written here; prepare it again.")
        return made


def adoption_gap(
    statement: AdoptionStatement, signers: Collection[str], roster: Roster, policy: CouncilPolicy, now: datetime
) -> str | None:
    """What is still in the way of the adoption, in words; None when it counts.

    ``signers`` are people whose signatures over exactly these bytes were verified. Council members alone count, each
    once, and every context of the operations needs as many of them as for a sign-off.
    """
    if now >= statement.expires_at:
        return f"it ended at {instant_text(statement.expires_at)}; prepare it again"
    if statement.roster_digest != roster.digest:
        return "it was prepared under another roster; prepare it again"
    first, *others = statement.contexts
    return quorum_gap(Bench(tuple(sorted(signers)), frozenset(), first, roster), policy, others)


def below(maturity: str | None, target: Target, names: Sequence[str]) -> bool:
    """Whether a level is below the target on the ladder ``names`` (lowest first), compared in any case.

    No level, or one that is not on the ladder, is below.
    """
    ranks = {name.casefold(): rank for rank, name in enumerate(names)}
    found = ranks.get((maturity or "").casefold(), -1)
    return found < ranks.get(str(target).casefold(), len(names))


def adoption_rows(data: bytes) -> tuple[tuple[str, str], ...]:
    """(what, value) rows of an adoption, built from the very bytes that are signed."""
    made = AdoptionStatement.from_bytes(data)
    rows = [
        (one.operation_id, f"{one.maturity} in the specification, context {one.context}") for one in made.operations
    ]
    return (
        ("adopts", f"{made.target} for {len(made.operations)} operation(s)"),
        ("statement", made.statement),
        ("commit", made.commit),
        *rows,
        ("roster", made.roster_digest),
        ("prepared at", instant_text(made.prepared_at)),
        ("ends at", instant_text(made.expires_at)),
    )


def _operations(rows: object, subjects: object) -> tuple[AdoptedOperation, ...]:
    if not isinstance(rows, list) or not isinstance(subjects, list) or len(rows) != len(subjects):
        raise Unreadable("The adoption must name the same operations in its subject and inside; prepare it again.")
    return tuple(_operation(row, subject) for row, subject in zip(rows, subjects, strict=True))


def _operation(row: object, subject: object) -> AdoptedOperation:
    f, about = Fields(row, "An operation of the adoption"), Fields(subject, "A subject of the adoption")
    digests = Fields(about.value("digest"), "The digest of a subject of the adoption")
    name, hexed = about.text("name"), digests.text("sha256")
    digest = Fields({"digest": f"sha256:{hexed}"}, "A subject of the adoption").digest("digest")
    made = AdoptedOperation(f.text("operation_id"), f.text("context"), f.text("maturity"), digest)
    for fields in (f, about, digests):
        fields.close()
    if made.operation_id != name:
        raise Unreadable(f"The adoption is about {name!r} in its subject and {made.operation_id!r} inside.")
    return made
