"""A partner's page shows the platform's own button to connect, and not one that looks like it."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.client_code import ClientCode, client_code
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.pages import is_component, is_usable, rendered
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Text
from prr_pipeline.subjects import Subject


class ConnectButtonIsFromKit(Parameters):
    """``package``: the kit, and ``components``: its buttons. ``forbidden_texts``: words that no button may bear;
    ``restyling``: attributes that change how one looks."""

    code: str
    package: str
    components: list[str]
    forbidden_texts: list[str]
    restyling: list[str]


@check("connect_button_is_from_kit", ConnectButtonIsFromKit, version=3)
def connect_button_is_from_kit(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ConnectButtonIsFromKit
) -> Finding:
    """A component of the kit is imported from its package and rendered, and no page bears a forbidden text."""
    code = client_code(sources, subject, parameters.code)
    buttons = [
        (part, each)
        for part, each in rendered(code)
        if is_usable(part, each)
        and is_component(sources, code, part, each.tag, parameters.package, parameters.components)
    ]
    attributes = sorted([part.path, *sorted(each.attributes)] for part, each in buttons)
    wrong = list(_forbidden(code, parameters.forbidden_texts))
    judged = digest([code.pattern, list[object](attributes), sorted(place.snippet for place in wrong)])
    if wrong:
        texts = listed(sorted({f"{place.snippet!r} ({place.path}:{place.line})" for place in wrong}))
        return unmet(f"The code says {texts}; the kit's button says what it is.", judged, wrong)
    places = [part.at(each.line, parameters.package) for part, each in buttons]
    kit = f"{' or '.join(parameters.components)} of {parameters.package}"
    hidden = code.hidden(judged)
    if not buttons or hidden:
        message = f"No page of {code.pattern} renders {kit} so that it can be used; render it where a user connects."
        return hidden or unmet(message, judged)
    styled = sorted({name for _, each in buttons for name in each.attributes if name in parameters.restyling})
    remark = f"; it is given {listed(styled)}, so look whether it still looks as the kit prescribes" if styled else ""
    return met(f"Pages render {kit} in {len(places)} place(s){remark}.", judged, places, restyled_by=styled)


def _forbidden(code: ClientCode, texts: list[str]) -> Iterator[Location]:
    """Where the code says one of the texts."""
    for part in code.parts.values():
        for piece in part.fragments.texts:
            said = " ".join(piece.value.parts).casefold() if isinstance(piece.value, Text) else ""
            yield from (part.at(piece.line, text) for text in texts if text.casefold() in said)
