"""Options that switch off what is called: ``startTelemetry({ enabled: false })``."""

from __future__ import annotations

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Name, Other, Record
from prr_pipeline.repository.typescript.modules import CallSite, Module

_SWITCHES = frozenset(("enabled", "disabled", "disable", "bypass", "skip", "dryrun", "noop"))
_ON = {"enabled": "true"}


def switched_off(sources: Sources, module: Module, site: CallSite) -> str | None:
    """The option of a call that may switch it off: one that is called after a switch, and not seen to be on."""
    for argument in site.call.arguments:
        found = sources.code().follow(module.path, argument, site.start) if isinstance(argument, Name) else None
        value = found.expression if isinstance(found, Found) else argument
        for entry in value.entries if isinstance(value, Record) else ():
            said = entry.value.source.strip() if isinstance(entry.value, Other) else ""
            name = (entry.key or "").casefold().replace("_", "")
            if name in _SWITCHES and said != _ON.get(name, "false"):
                return entry.key
    return None
