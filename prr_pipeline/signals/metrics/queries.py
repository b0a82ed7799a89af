"""PromQL templates: what may stand in them, and how a name becomes part of one without changing it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.signals.metrics.source import MetricQuestion

PLACES = ("operation_id", "service", "variant")
"""What stands for a name; each only as the value of a label that is compared by ``=``."""
STEP = "{step}"
"""Where the length of a bucket comes, as a duration such as ``60s``."""
PARTS = ("bad", "newest", "total")

_PLACE = re.compile(r"\{([a-z_]+)\}")
_VALUE = re.compile(r'(?<![!~=])=\s*"\{(operation_id|service|variant)\}"')
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Queries:
    """The templates of one metric: the counters of bad events and of all, and the times of their newest samples."""

    bad: str
    newest: str
    total: str


_LABELS = '{operation_id="{operation_id}",service="{service}",variant="{variant}"}'
DEFAULT_QUERIES: Mapping[str, Queries] = {
    "errors": Queries(
        bad=f"last_over_time(op_errors_total{_LABELS}[{STEP}])",
        newest=f"timestamp(op_requests_total{_LABELS})",
        total=f"last_over_time(op_requests_total{_LABELS}[{STEP}])",
    )
}
"""For counters named as in the documentation. How slow is too slow is known to nobody else, so `slow` has none."""


def queries_from(metric: str, texts: object) -> Queries:
    """The templates of one metric as the settings hold them. Raises `PrrError` saying what to mend."""
    if not isinstance(texts, Mapping):
        raise PrrError(f"The queries of the metric {metric!r} are no table; give it {', '.join(PARTS)}.")
    for part in texts:
        if part not in PARTS:
            raise UnknownName(f"query of the metric {metric!r}:", str(part), PARTS)
    for part in PARTS:
        _check(f"The query {part} of the metric {metric!r}", texts.get(part))
    return Queries(**{part: texts[part] for part in PARTS})


def filled(template: str, question: MetricQuestion, variant: str) -> str:
    """The query about one arm. Raises `PrrError` for a name that cannot be asked about."""
    names = {"operation_id": question.operation_id, "service": question.service, "variant": variant}
    step = f"{int(question.step.total_seconds())}s"
    return _PLACE.sub(lambda found: label_value(names[found[1]]) if found[1] in names else step, template)


def label_value(name: str) -> str:
    """A name as the inside of a label value in double quotes. Raises `PrrError` for one that is none."""
    if not name or len(name) > _LONGEST_NAME or any("\ud800" <= sign <= "\udfff" for sign in name):
        raise PrrError(f"{name[:40]!a} is no value of a label; it needs 1 to {_LONGEST_NAME} characters.")
    return "".join(_ESCAPED.get(sign, sign) for sign in name)


def _check(what: str, template: object) -> None:
    if not isinstance(template, str) or not template.strip():
        raise PrrError(f"{what} is missing; give PromQL with {', '.join(f'{{{place}}}' for place in PLACES)}.")
    known = {*PLACES, STEP.strip("{}")}
    for place in _PLACE.findall(template):
        if place not in known:
            raise UnknownName(f"placeholder of {what[0].lower()}{what[1:]}:", place, known)
    asked = _VALUE.findall(template)
    named = [place for place in _PLACE.findall(template) if place in PLACES]
    if sorted(asked) != sorted(named):
        raise PrrError(f'{what} holds a placeholder that is not a whole value, as in operation_id="{{operation_id}}".')
    for place in ("operation_id", "variant"):
        if place not in asked:
            raise PrrError(f"{what} does not hold {{{place}}}, so it would speak of others too; add it to its labels.")
