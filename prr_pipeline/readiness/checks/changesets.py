"""A deploy tells its users what changes: a changeset for each changed package, with a summary that says something."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from posixpath import dirname

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.deploy_packages import Package, packages_at
from prr_pipeline.readiness.deploys import changed_packages, deploy_of, released_package
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, not_applicable, shown, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.release_facts import DeployFact
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document, parse_document
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Snapshot
from prr_pipeline.subjects import Subject

_WORD = re.compile(r"\w+")
_TELLING = 3
"""A summary that begins with a stub word needs as many words that tell for what: "Fix crash when opening reports"."""
_UNFINISHED = "wip"
"""What says so goes out too early, whatever else it says."""
_ENDINGS = ("", "s", "es", "ed", "ing")
_FILLERS = frozenset(
    """a an the this that these those it its in on of to for from with by at as and or not no is are be was were will
    do does did done can could should when where which what more some any all again yet later now still soon today
    stuff thing things something code bug bugs issue issues error errors problem problems change changes changed
    update updates updated misc various minor small little few tweak tweaks cleanup todo tbd etc here there""".split()  # noqa: SIM905
)
"""Words that may stand in any summary."""
_BUMPS = ("patch", "minor", "major")


class ChangesetsAreUserFacing(Parameters):
    """``files``: glob of changesets. ``ignored``: what no user sees. ``stub_summaries``: words that say nothing.

    A summary is a stub if it is made of those words alone, has fewer than ``min_words``, or begins with one of them and
    then tells less than three words beside them and words that may stand in any summary.
    """

    files: str
    ignored: list[str]
    stub_summaries: list[str]
    min_words: int


@check("changesets_are_user_facing", ChangesetsAreUserFacing, version=3)
def changesets_are_user_facing(
    sources: Sources, facts: Facts, subject: Subject, parameters: ChangesetsAreUserFacing
) -> Finding:
    """Each package that changes with the deploy is named by a changeset, and each changeset's summary is no stub."""
    deploy = deploy_of(facts, subject)
    notes = [parse_document(blob) for blob in deploy.changesets if not _is_readme(blob.path)]
    wanted = _wanted(sources, deploy, parameters)
    own = released_package(sources, deploy)
    if own is not None:
        notes = [note for note in notes if own.name in note.front_matter]
    places = [Location(note.path) for note in notes]
    judged = digest([deploy.name, [one.name for one in wanted], [[b.path, b.id] for b in deploy.changesets]])
    if deploy.base is not None and not wanted:
        return not_applicable(f"No package changes with {deploy.name} but in what users never see.", judged, places)
    if not notes:
        where = f"no changeset ({parameters.files}) came with it"
        return unmet(f"{deploy.name} changes {_named(wanted)}, and {where}; add one.", judged, places)
    faults = [*_thin(notes, parameters), *_strangers(sources, deploy, notes), *_uncovered(wanted, notes)]
    if faults:
        return unmet(f"{deploy.name}: {listed(faults)}.", judged, places)
    told = listed([note.path for note in notes])
    return met(f"Users are told of {_named(wanted)} in {told}.", judged, places, changesets=len(notes))


def _wanted(sources: Sources, deploy: DeployFact, parameters: ChangesetsAreUserFacing) -> list[Package]:
    """The changed packages that are released: not those without a version, nor those that changesets must ignore."""
    path = f"{dirname(parameters.files)}/config.json".lstrip("/")
    left_out, left_out_before = _left_out(deploy.snapshot, path), _left_out(deploy.before, path)
    own = released_package(sources, deploy)
    changed = changed_packages(sources, deploy, parameters.ignored) if deploy.base is not None else ()
    return [
        one
        for one in changed
        if one.has_version
        and own in (None, one)
        and not (_is_in(left_out, one) and (_is_new(deploy, one) or _is_in(left_out_before, one)))
    ]


def _left_out(snapshot: Snapshot | None, path: str) -> list[str]:
    """The packages that the configuration of changesets ignores there."""
    if snapshot is None or not snapshot.exists(path):
        return []
    return [str(each) for each in mapping(load_json(snapshot.read(path))).get("ignore") or ()]


def _is_in(patterns: Sequence[str], package: Package) -> bool:
    return any(matches(each, package.name) for each in patterns)


def _is_new(deploy: DeployFact, package: Package) -> bool:
    """What a release itself adds to the ignored packages counts from the next one, but for new packages."""
    return deploy.before is None or not deploy.before.exists(f"{package.folder}/package.json".lstrip("/"))


def _thin(notes: Sequence[Document], parameters: ChangesetsAreUserFacing) -> list[str]:
    written = {word.casefold() for stub in parameters.stub_summaries for word in _WORD.findall(stub)}
    stubs = {word + ending for word in written for ending in _ENDINGS}
    found = []
    for note in notes:
        words = [word.casefold() for word in _WORD.findall(note.text)]
        if not words:
            found.append(f"{note.path} says nothing; tell users in a sentence what changes")
        elif _says_little(words, stubs) or len(words) < parameters.min_words:
            text = f"{note.path} says only {shown(note.text)!r}"
            found.append(f"{text}; tell users in a sentence of {parameters.min_words} words or more what changes")
    return found


def _says_little(words: Sequence[str], stubs: Set[str]) -> bool:
    telling = {word for word in words if word not in stubs and word not in _FILLERS}
    begins = words[0] in stubs and (words[0] == _UNFINISHED or len(telling) < _TELLING)
    return begins or set(words) <= stubs


def _strangers(sources: Sources, deploy: DeployFact, notes: Sequence[Document]) -> list[str]:
    known = {one.name for one in packages_at(sources, deploy)}
    if not known:
        return []
    strange = [(note.path, str(name)) for note in notes for name in note.front_matter if name not in known]
    return [f"{path} names {shown(name)}, which is no package; name the one that changes" for path, name in strange]


def _uncovered(wanted: Sequence[Package], notes: Sequence[Document]) -> list[str]:
    """A bump of ``none`` releases nothing, so that no changelog tells of it."""
    named = {str(name) for note in notes for name, bump in note.front_matter.items() if bump in _BUMPS}
    missing = [one.name for one in wanted if one.name not in named]
    ways = ", ".join(_BUMPS)
    return [f"no changeset names {listed(missing)} with a bump ({ways}); add one that does"] if missing else []


def _named(wanted: Sequence[Package]) -> str:
    return listed([one.name for one in wanted]) or "a first release"


def _is_readme(path: str) -> bool:
    return path.rpartition("/")[2].casefold() == "readme.md"
