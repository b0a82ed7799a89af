"""The roster: which key belongs to which person, and what that person may decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prr_pipeline.canonical import digest, digest_bytes
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, UnknownName, Unreadable
from prr_pipeline.review.allowed_signers import AllowedSigner, parse_allowed_signers
from prr_pipeline.review.people import Person, parse_people, skeleton


@dataclass(frozen=True, slots=True)
class Roster:
    """People and their keys, checked against each other. ``digest`` covers the bytes of both files."""

    people: Mapping[str, Person]
    signers: tuple[AllowedSigner, ...]
    digest: str

    @classmethod
    def parse(cls, allowed_signers: bytes, people: bytes) -> Roster:
        """Read both files. Raises `Unreadable` with one sentence unless every key is exactly one known person's."""
        persons = parse_people(people)
        signers = parse_allowed_signers(allowed_signers)
        _check(persons, signers)
        both = {"allowed_signers": digest_bytes(allowed_signers), "people": digest_bytes(people)}
        return cls({person.id: person for person in persons}, signers, digest(both))

    @property
    def contexts(self) -> tuple[str, ...]:
        """Every bounded context that somebody belongs to, sorted."""
        return tuple(sorted({context for person in self.people.values() for context in person.contexts}))

    @property
    def allowed_signers_text(self) -> bytes:
        """The keys as `ssh-keygen` gets them: written anew, so that it reads just what was checked here."""
        return "".join(f"{signer}\n" for signer in self.signers).encode()

    def person(self, person_id: str) -> Person:
        """The person of that id. Raises `UnknownName` with the valid ones."""
        if person_id not in self.people:
            raise UnknownName("person", person_id, self.people)
        return self.people[person_id]

    def person_of_principal(self, principal: str) -> Person | None:
        """Whose key it is, if anybody's."""
        return next((p for p in self.people.values() if principal in p.principals), None)

    def signer_of_key(self, key: bytes) -> AllowedSigner | None:
        """The first line with that public key, if there is one."""
        return next((signer for signer in self.signers if signer.key == key), None)

    def roles_of(self, person_id: str) -> frozenset[str]:
        """The person's roles now; empty once they have left the roster."""
        person = self.people.get(person_id)
        return frozenset() if person is None else person.roles

    def require_digest(self, pinned: str) -> Roster:
        """The roster itself, if it is the pinned one. Raises `Refused` else."""
        if self.digest != pinned:
            raise Refused(
                f"The roster digest {self.digest} differs from the pinned {pinned}: the files were changed, or the "
                "settings are of an older roster. Let the council agree to the change, then pin the new digest."
            )
        return self


def _check(people: Iterable[Person], signers: Iterable[AllowedSigner]) -> None:
    owner = _owners(people)
    holder: dict[bytes, str] = {}
    for signer in signers:
        for principal in signer.principals:
            if principal not in owner:
                raise Unreadable(
                    f"The principal {principal!r} of allowed_signers is nobody's in people; add it to a person's keys."
                )
            person = owner[principal]
            if holder.setdefault(signer.key, person) != person:
                raise Unreadable(
                    f"One key is held by {holder[signer.key]!r} and by {person!r}; every key has exactly one person."
                )
    listed = {principal for signer in signers for principal in signer.principals}
    if missing := sorted(set(owner) - listed):
        raise Unreadable(
            f"The key {missing[0]!r} of {owner[missing[0]]!r} has no line in allowed_signers; add it or remove it."
        )


def _owners(people: Iterable[Person]) -> dict[str, str]:
    """Principal -> person id. Two names that look alike are refused, as a reader could not tell them apart."""
    owner: dict[str, str] = {}
    ids: dict[str, str] = {}
    looks: dict[str, tuple[str, str]] = {}
    for person in people:
        other = ids.setdefault(skeleton(person.id), person.id)
        if other != person.id:
            raise Unreadable(f"The people {other!r} and {person.id!r} look alike; give one of them another id.")
        for principal in person.principals:
            before, holder = looks.setdefault(skeleton(principal), (principal, person.id))
            if holder != person.id:
                raise Unreadable(
                    f"The keys {before!r} of {holder!r} and {principal!r} of {person.id!r} look alike; rename one."
                )
            owner[principal] = person.id
    return owner
