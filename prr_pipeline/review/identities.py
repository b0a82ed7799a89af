"""Whom of the roster a piece of text may mean: an id, a name, an address, or a git identity such as ``Noor <n@x>``.

Git's names and addresses prove nothing, so what is found here only ever leaves people out, and rather one too many.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from prr_pipeline.errors import Refused
from prr_pipeline.review.people import Person, skeleton
from prr_pipeline.review.roster import Roster

_IDENTITY = re.compile(r"(?P<name>.*)<(?P<address>[^<>]*)>\s*\Z", re.DOTALL)
_NOREPLY = re.compile(r"(?:(?P<number>\d+)[+-])?(?P<login>[^@]+)@users\.noreply\.[a-z0-9.-]+\Z")
_LISTED = 10


def people_behind(roster: Roster, text: str) -> frozenset[str]:
    """The ids of everybody whom the text may mean; empty when it means nobody of the roster."""
    found = _IDENTITY.match(text.strip())
    name, address = (found["name"].rstrip(), found["address"]) if found else (text.strip(), text.strip())
    return frozenset(p.id for p in roster.people.values() if _is_named(p, name) or _is_addressed(p, address))


def require_person(roster: Roster, what: str, text: str) -> str:
    """The id that the text is. Raises `Refused` with the nearest ids when it is none of the roster's."""
    if why := no_person(roster, what, text):
        raise Refused(why)
    return text


def no_person(roster: Roster, what: str, text: str) -> str:
    """Why the text is no id of the roster, with the nearest ids; empty when it is one."""
    if text in roster.people:
        return ""
    close = get_close_matches(text.casefold()[:200], roster.people, n=3, cutoff=0.6)
    near = sorted({*people_behind(roster, text), *close})
    listed = sorted(roster.people)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    hint = f"Nearest: {', '.join(near)}." if near else f"Valid: {', '.join(listed[:_LISTED])}{more}."
    return f"The {what} {text[:100]!r} is no id of the roster, so nobody could be kept from signing. {hint}"


def _is_named(person: Person, name: str) -> bool:
    folded = " ".join(name.split()).casefold()
    return bool(folded) and (folded == person.name.casefold() or skeleton(folded) == skeleton(person.id))


def _is_addressed(person: Person, address: str) -> bool:
    """By an address of theirs, with a ``+tag`` or not, or by a forge's no-reply address of their account."""
    folded = address.strip().casefold()
    known = {text.casefold() for text in (*person.emails, *person.principals) if "@" in text}
    if "@" not in folded:
        return False
    if _untagged(folded) in {_untagged(one) for one in known}:
        return True
    forge = _NOREPLY.match(folded)
    if forge is None:
        return False
    if forge["number"] and person.github_id is not None and int(forge["number"]) == person.github_id:
        return True
    logins = {person.id.casefold(), *(one.partition("@")[0] for one in known)}
    return skeleton(forge["login"]) in {skeleton(login) for login in logins}


def _untagged(address: str) -> str:
    local, at, domain = address.partition("@")
    return local.partition("+")[0] + at + domain
