"""The secrets that code declares by name are set in every stage, by CI's list of names."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.artefacts import current_artefact, read_artefact
from prr_pipeline.readiness.declared_secrets import DeclaredSecret, secret_of, secrets_in, unfollowed_links
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import Construct, service_construct
from prr_pipeline.readiness.job_entries import job_entry
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.secret_names import read_secret_names
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Record
from prr_pipeline.subjects import Subject


class SecretsAreSet(Parameters):
    """``secret_calls`` declare a secret, ``link_keys`` give one to the service.

    ``name``: the one that is asked for; without it, all that the file declares or is given.
    """

    file: str
    calls: list[str]
    secret_calls: list[str]
    link_keys: list[str]
    name: str | None = None
    artefact: str
    stages: list[str]


class JobSecretIsSet(Parameters):
    """``file`` and ``export``: the registry of jobs. ``field``: of an entry, the secret with the target's URL."""

    file: str
    export: str
    id_field: str
    field: str
    secret_calls: list[str]
    artefact: str
    stages: list[str]


@check("secrets_are_set", SecretsAreSet)
def secrets_are_set(sources: Sources, facts: Facts, subject: Subject, parameters: SecretsAreSet) -> Finding:
    """Each secret that the service's infrastructure declares or is given is listed in every stage."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist, so it declares no secret; declare each there."
        return unmet(message, digest([path]), [Location(path)])
    construct = _construct(sources, path, parameters)
    declared = secrets_in(sources, path, parameters.secret_calls, construct)
    hidden = _hidden(sources, path, declared, construct, parameters.link_keys)
    if parameters.name is not None:
        declared = [each for each in declared if each.name == parameters.name]
        if not declared and hidden is None:
            message = f"{path} does not declare the secret {parameters.name}; declare it and give it to the service."
            return unmet(message, digest([path, parameters.name]), [Location(path)])
        hidden = None if declared else hidden
    if not declared and hidden is None:
        message = (
            f"{path} declares no secret with {' or '.join(parameters.secret_calls)}; declare what the service needs."
        )
        raise NotSeen(Reason.NO_EVIDENCE, message, [Location(path)])
    return _set(sources, facts, [path], declared, hidden, parameters)


@check("job_secret_is_set", JobSecretIsSet)
def job_secret_is_set(sources: Sources, facts: Facts, subject: Subject, parameters: JobSecretIsSet) -> Finding:
    """The secret that the job's entry names is listed in every stage."""
    entry = job_entry(sources, subject, parameters.file, parameters.export, parameters.id_field)
    record = entry.expression
    value = record.get(parameters.field) if isinstance(record, Record) else None
    place = Location(entry.path, record.line, subject.name)
    if value is None:
        if isinstance(record, Record) and any(each.key is None for each in record.entries):
            message = f"{entry.path}:{record.line} hides the {parameters.field} of {subject.name}; write it out there."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, [place])
        message = f"{subject.name} names no {parameters.field}; name the secret that holds its target."
        return unmet(message, digest([entry.path, subject.name]), [place])
    found = secret_of(sources, Found(entry.path, value, entry.at), parameters.secret_calls)
    hidden = f"The {parameters.field} of {subject.name} is told only by running it; name the secret there."
    return _set(sources, facts, [subject.name], [found], None if found.name else hidden, parameters)


def _construct(sources: Sources, path: str, parameters: SecretsAreSet) -> Construct | None:
    """The service's construct; None in a file that has none, and may declare secrets none the less."""
    try:
        return service_construct(sources, path, parameters.calls)
    except NotSeen:
        return None


def _hidden(
    sources: Sources, path: str, declared: Sequence[DeclaredSecret], construct: Construct | None, keys: Sequence[str]
) -> str | None:
    """Why there may be more secrets than are seen."""
    unnamed = next((each for each in declared if each.name is None), None)
    if unnamed is not None:
        return f"{unnamed.path}:{unnamed.line} computes the name of a secret; write it out."
    if construct is None or not construct.complete:
        return f"Not all that {path} gives to the service can be seen, secrets among it; write its options out."
    links = unfollowed_links(sources, construct, keys)
    if links:
        return (
            f"What {links[0].path}:{links[0].line} gives to the service may be a secret; give secrets by their names."
        )
    return None


def _set(
    sources: Sources,
    facts: Facts,
    own: Sequence[str],
    declared: Sequence[DeclaredSecret],
    hidden: str | None,
    parameters: SecretsAreSet | JobSecretIsSet,
) -> Finding:
    names = sorted({each.name for each in declared if each.name is not None})
    places = [each.location for each in declared]
    fact = current_artefact(facts, parameters.artefact)
    stages = read_artefact(sources, fact, read_secret_names)
    listing = [stage for stage in parameters.stages if stage in stages]
    missing = [f"{name} in {stage}" for name in names for stage in listing if name not in stages[stage]]
    judged = digest([*own, list[object](names), list[object](missing), hidden])
    if missing:
        return unmet(f"By {fact.source} {listed(missing)} is not set; set it and list the names again.", judged, places)
    unlisted = [stage for stage in parameters.stages if stage not in stages]
    if hidden is not None:
        return unknown(Reason.NOT_RESOLVABLE, hidden, judged, places)
    if unlisted:
        message = f"{fact.source} lists no secrets of {listed(unlisted)}; let CI list the names of each stage."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    return met(
        f"By {fact.source} {listed(names)} is set in {listed(parameters.stages)}.", judged, places, secrets=names
    )
