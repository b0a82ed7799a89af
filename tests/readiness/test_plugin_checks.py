"""Plug-ins of checks: the sound ones serve, each broken one is a sentence, and what ships is judged as ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.distributions import install, run_with

HEAD = """
from prr_pipeline.readiness.findings import met
from prr_pipeline.readiness.parameters import NoParameters
from prr_pipeline.readiness.registry import check
"""
CHECK = """

@check({name!r}, {parameters}, version={version})
def {function}({given}):
    {docstring}
    return met("Fine.", sources.subject_digest(subject))
"""
SOUND = {
    "name": "acme_holds", "parameters": "NoParameters", "version": "1", "function": "holds",
    "given": "sources, facts, subject, parameters", "docstring": '"""It holds."""',
}  # fmt: skip
BROKEN = {
    "taken": ({"name": "operation_has"}, "Two checks have the name 'operation_has'"),
    "composite": ({"name": "all_of"}, "Two checks have the name 'all_of'"),
    "misnamed": ({"name": "Acme Holds"}, "lower_case_with_underscores"),
    "undescribed": ({"docstring": "pass"}, "has no docstring"),
    "narrow": ({"given": "sources, subject"}, "does not take (sources, facts, subject, parameters)"),
    "untyped": ({"parameters": "dict"}, "no subclass of Parameters"),
    "unversioned": ({"version": "0"}, "has the version 0"),
    "unparsed": ({"function": "not a name"}, "SyntaxError"),
    "lost": (None, "ModuleNotFoundError: No module named 'nowhere_at_all'"),
    "leaving": (None, "SystemExit: 3"),
}
ASK = """
import json
from prr_pipeline.control.plugged import survey
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.registry import check_named, checks, plugin_checks

def asked(name):
    try:
        found = check_named(name)
    except PrrError as fault:
        return str(fault)
    return [found.origin, found.version, [part[:16] for part in found.edition]]

def told(call):
    try:
        return call()
    except PrrError as fault:
        return str(fault)

brought, broken = plugin_checks()
names = ("acme_holds", "operation_has", "acme_half", "acme_twice", "acme_nowhere")
print(json.dumps({"brought": list(brought), "broken": broken, "ours": list(checks()),
                  "survey": told(survey), "asked": {name: asked(name) for name in names}}))
"""


def module(**changes: str) -> str:
    """The source of a plug-in with one check."""
    return HEAD + CHECK.format(**{**SOUND, **changes})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sound distribution, two that claim one name, and one for each way to be broken."""
    folder = tmp_path_factory.mktemp("site")
    install(folder, "acme-sound", {"checks:acme": "acme_sound"}, {"acme_sound": "print('hello')\n" + module()}, "1.2.3")
    for name in ("first", "second"):
        source = module(name="acme_twice")
        install(folder, f"acme-{name}", {"checks:twice": f"acme_{name}"}, {f"acme_{name}": source})
    sources = {
        name: module(**{"name": f"acme_{name}", **changes})
        for name, (changes, _) in BROKEN.items()
        if changes is not None
    }
    sources["lost"] = module(name="acme_half") + "\nimport nowhere_at_all\n"
    sources["leaving"] = "raise SystemExit(3)\n"
    for name, source in sources.items():
        install(folder, f"bad-{name}", {f"checks:{name}": f"bad_{name}"}, {f"bad_{name}": source})
    return folder


@pytest.fixture(scope="module")
def said(site: Path) -> dict[str, Any]:
    """What one process finds among all of them."""
    done = run_with(site, "-c", ASK, at=site)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plug_in_is_one_sentence_that_names_its_distribution(said: dict[str, Any], name: str) -> None:
    """What is wrong, and with what; the others are loaded all the same."""
    (sentence,) = (one for one in said["broken"] if f"of bad-{name} 1.0.0 (" in one)
    assert BROKEN[name][1] in sentence
    assert sentence.endswith("mend or uninstall it.")


def test_the_sound_ones_serve_beside_the_broken_ones(said: dict[str, Any]) -> None:
    """With their distribution, for the report's reader and for the remembered verdicts."""
    asked = said["asked"]
    origin, version, [distribution, sources] = asked["acme_holds"]
    assert (origin, version, distribution) == ("acme-sound 1.2.3", 1, "acme-sound 1.2.3")
    assert len(sources) == 16
    assert asked["operation_has"] == [None, 1, []]
    assert "acme_half" not in said["brought"]


def test_the_doctor_tells_every_broken_one(said: dict[str, Any]) -> None:
    """In one finding, so that nobody mends one to be told of the next."""
    assert all(sentence in said["survey"] for sentence in said["broken"])


def test_a_name_that_is_not_there_tells_the_plug_ins_that_might_have_brought_it(said: dict[str, Any]) -> None:
    """Beside the names that are valid."""
    sentence = said["asked"]["acme_nowhere"]
    assert "Unknown check 'acme_nowhere'. Valid: access_can_be_revoked, acme_holds," in sentence
    assert "operation_has" in sentence
    assert 0 < sentence.index("of bad-lost 1.0.0") < sentence.index("Unknown check"), "a long list is cut at its end"


def test_a_name_that_two_plug_ins_claim_is_asked_of_none(said: dict[str, Any]) -> None:
    """Which of them judged would hang on the order in which they were loaded."""
    assert (
        said["asked"]["acme_twice"]
        == "Two checks have the name 'acme_twice'; give the one in acme_second of acme-second 1.0.0 another."
    )


def test_the_page_of_checks_lists_ours_alone(said: dict[str, Any]) -> None:
    """What happens to be installed changes no page."""
    assert not [name for name in said["ours"] if name.startswith("acme")]


def test_no_plug_in_is_loaded_while_no_line_needs_one(site: Path) -> None:
    """Neither a broken one nor one that prints gets in the way of the lines that ship."""
    done = run_with(site, "-c", "from prr_pipeline.cli import main; main()", "lines", "--json", at=site)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(json.loads(done.stdout)["lines"]) == 124
