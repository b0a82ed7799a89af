"""The draft of `prr.toml`: what a deployment needs first, what else there is as comments, and what was seen for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from prr_pipeline.control.initialising import Looked
from prr_pipeline.reports.text import plain

GITIGNORE = """\
# State and keys of the deployment lie here and are never committed; conventions and this file are.
*
!.gitignore
!profile.yaml
"""
_HEAD = """\
# A deployment of prr. `prr init` wrote this draft; docs/deployment.md explains every key. Relative paths count from
# this file, state lies in .prr/ beside it. Lines that begin with `#` and no blank are settings: remove the `#`.
# For a first look it may lie in the repository. Before it decides about promotions, move it to where the deployment
# lives: what is reviewed must not say who reviews it.

[repository]
path = "."
ref = {ref}
profile = {profile}
#artefacts = ".prr/artefacts"      # what CI files, one folder per commit

[flags]
backend = "flagd_file"
options = {{ path = ".prr/flags.json" }}
"""
_FLAGD_SEEN = "# flagd was seen in {where}: if promotions shall move the flags of such a file, name that.\n"
_FLAGS_SEEN = "# {name} was seen in {where}; no back end of that name ships: docs/extending.md tells how to add one.\n"
_MIDDLE = """
[alerts]
source = "inbox"
options = { folder = ".prr/inbox", heartbeat_limit_seconds = 300 }

# Who may agree. `prr doctor` prints the digest to pin.
#[council]
#roster = "roster"                 # a folder with allowed_signers and people.yaml (docs/sign-offs.md)
#digest = "sha256:..."
#quorum_total = 3

# Left out: shadow, 1, 10, 50, 100 %, a week each.
#[ladder]
#rungs = [
#{ exposure = "shadow", dwell = "7d" },
#{ exposure = "1%", dwell = "7d" },
#{ exposure = "10%", dwell = "7d" },
#{ exposure = "50%", dwell = "7d" },
#{ exposure = "100%", dwell = "0s" },
#]
"""
_CALENDARS = """
# Freeze calendars and the on-call rota are ICS files.
#[calendars]
#zone = "UTC"
"""
_PLATFORMS = """
# Services to ask; one that is left out is not asked, and its lines stay unknown. A token is named by its variable.
"""
_EXAMPLES = {
    "GitHub": '[platforms.github]\nowner = {owner}\nrepository = {name}\ntoken_variable = "PRR_GITHUB_TOKEN"',
    "PagerDuty": '[platforms.pagerduty]\ntoken_variable = "PRR_PAGERDUTY_TOKEN"',
    "CloudWatch": '[platforms.cloudwatch]\nregion = "eu-central-1"',
    "Sentry": '[platforms.sentry]\norganisation = "..."\ntoken_variable = "PRR_SENTRY_TOKEN"',
    "Cloudflare": '[platforms.cloudflare]\nzone = "..."\ntoken_variable = "PRR_CLOUDFLARE_TOKEN"',
}


def settings_text(looked: Looked) -> str:
    """The file, for a deployment that lies at the top of the repository."""
    head = _HEAD.format(ref=_text(looked.ref), profile=_text(looked.base_name))
    return head + "".join(_flags(looked)) + _MIDDLE + _calendars(looked) + _platforms(looked)


def _flags(looked: Looked) -> Iterator[str]:
    for one in looked.survey.tools:
        if one.kind == "flags" and one.name != "OpenFeature":
            words = _FLAGD_SEEN if one.name == "flagd" else _FLAGS_SEEN
            yield words.format(name=one.name, where=plain(one.where))


def _calendars(looked: Looked) -> str:
    freeze = looked.profile.value("paths.freeze_calendar") or "freeze.ics"
    rota = looked.profile.value("paths.on_call_rota") or "rota.ics"
    return f"{_CALENDARS}#freeze = [{_text(freeze)}]\n#rota = {_text(rota)}\n"


def _platforms(looked: Looked) -> str:
    return _PLATFORMS + "".join(_sections(looked))


def _sections(looked: Looked) -> Iterator[str]:
    owner, name = looked.github or ("...", "...")
    seen = {one.name: plain(one.where) for one in looked.survey.tools if one.kind == "service"}
    if looked.github:
        seen["GitHub"] = "the address of origin"
    for service, example in _EXAMPLES.items():
        if service in seen or service == "GitHub":
            where = f"# {service}, as in {seen[service]}.\n" if service in seen else f"# {service}, if it is there.\n"
            filled = example.replace("{owner}", _text(owner)).replace("{name}", _text(name))
            yield where + "".join(f"#{line}\n" for line in filled.split("\n"))


def _text(value: object) -> str:
    """A basic string of TOML."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
