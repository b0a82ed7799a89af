"""The keys a profile may hold, with their types. ``None`` means not declared: a check that needs it is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import field
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.profile_places import (
    ArtefactKeys,
    ErrorKeys,
    MaturityKeys,
    PathKeys,
    SpecKeys,
    SubjectKeys,
)
from prr_pipeline.readiness.profile_platform import (
    AuditKeys,
    CallKeys,
    DatabaseKeys,
    EventKeys,
    JobKeys,
    ManifestKeys,
    RouteKeys,
    ScopeKeys,
    ServiceKeys,
    SuiteKeys,
    TenantKeys,
)
from prr_pipeline.readiness.profile_review import (
    AfterGaKeys,
    CodeKeys,
    ContextKeys,
    CouncilKeys,
    CustomerKeys,
    DeprecationKeys,
    LadderKeys,
    MiddlewareKeys,
    OperationsKeys,
    SecurityKeys,
    TestKeys,
)
from prr_pipeline.readiness.profile_running import (
    ConventionKeys,
    DeployKeys,
    GeneratedKeys,
    InfraKeys,
    IntegrationKeys,
    SdkKeys,
    StageKeys,
    TelemetryKeys,
)
from prr_pipeline.readiness.profile_section import KeyFault, Section, keys_of, validated

SECTIONS: Mapping[str, type[Section]] = {
    "subject": SubjectKeys,
    "paths": PathKeys,
    "artefacts": ArtefactKeys,
    "spec": SpecKeys,
    "maturity": MaturityKeys,
    "errors": ErrorKeys,
    "middleware": MiddlewareKeys,
    "contexts": ContextKeys,
    "code": CodeKeys,
    "tests": TestKeys,
    "operations": OperationsKeys,
    "security": SecurityKeys,
    "customer": CustomerKeys,
    "deprecation": DeprecationKeys,
    "council": CouncilKeys,
    "ladder": LadderKeys,
    "after_ga": AfterGaKeys,
    "service": ServiceKeys,
    "manifest": ManifestKeys,
    "routes": RouteKeys,
    "scopes": ScopeKeys,
    "audit": AuditKeys,
    "tenant": TenantKeys,
    "database": DatabaseKeys,
    "calls": CallKeys,
    "events": EventKeys,
    "jobs": JobKeys,
    "suites": SuiteKeys,
    "telemetry": TelemetryKeys,
    "infra": InfraKeys,
    "stages": StageKeys,
    "sdk": SdkKeys,
    "integration": IntegrationKeys,
    "conventions": ConventionKeys,
    "deploy": DeployKeys,
    "generated": GeneratedKeys,
}
"""Everything a profile may declare, by section. A section's validator is built when a profile first has it: all of
them together take longer than a judgement."""
OWN = "own"
"""The section whose keys an organisation names itself, for checks of its own: any JSON kind without fractions."""
_OWN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class ProfileKeys:
    """What a profile declares: the sections that it holds, and its organisation's own keys."""

    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> ProfileKeys:
        """The keys of a mapping of sections. Raises `KeyFault` for the first that cannot be."""
        sections: dict[str, Mapping[str, Any]] = {}
        own: Mapping[str, Any] = {}
        for name, given in values.items():
            if name == OWN:
                own = _own(given)
            elif name not in SECTIONS:
                raise KeyFault(name, "is no section", unknown=True)
            else:
                sections[name] = validated(name, SECTIONS[name], given)
        return cls(sections, own)

    def value(self, section: str, key: str) -> Any:
        """What is declared; None for what is not."""
        return self.sections.get(section, {}).get(key)

    def section(self, name: str) -> dict[str, Any]:
        """Each key of one section, with None where it is not declared."""
        return {**dict.fromkeys(keys_of(SECTIONS[name])), **self.sections.get(name, {})}

    def plain(self) -> dict[str, dict[str, Any]]:
        """Every declared key by section, to be changed at will: what `of` takes."""
        declared = {name: deepcopy(dict(keys)) for name, keys in self.sections.items()}
        return {**declared, OWN: deepcopy(dict(self.own))} if self.own else declared


def _own(given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise KeyFault(OWN, f"is {str(given)[:60]!r}; write a mapping")
    for name in given:
        if not isinstance(name, str) or not _OWN_NAME.match(name):
            raise KeyFault(f"{OWN}.{name}", "is no name: a-z, 0-9 and _, a letter first")
    return dict(given)
