"""Plug-ins of every group, as other distributions bring them: found, loaded when named, each fault in one sentence."""

from __future__ import annotations

import json

import pytest

from tests.distributions import install, run_with

FACTORIES = """
from prr_pipeline.errors import PrrError


class Everything:
    name = "acme"
    capabilities = None

    def read(self, *given):
        return {}

    write = lower_all = send = read


def make(options, root):
    print("noise")
    return Everything()


def refuse(options, root):
    raise PrrError("The option speed is 3; the limit is 2.")


def crash(options, root):
    raise KeyError("speed")


def nothing(options, root):
    return object()


PROFILE = __file__.replace("acme.py", "acme.yaml")
"""
ASK = """
import json, sys
from pathlib import Path
from prr_pipeline.errors import PrrError
from prr_pipeline.flags.backend import flag_backend
from prr_pipeline.notify.port import notifier
from prr_pipeline.readiness.profile import load_profile, profile_names
from prr_pipeline.signals.alerts.source import alert_source
from prr_pipeline.signals.metrics.source import metric_source

def asked(call):
    try:
        made = call()
    except PrrError as fault:
        return str(fault)
    return getattr(made, "name", made)

makers = {"flags": flag_backend, "alerts": alert_source, "metrics": metric_source, "notify": notifier}
found = {f"{group}:{name}": asked(lambda: make(name, {}, Path())) for group, make in makers.items()
         for name in ("acme", "refuse", "crash", "nothing", "broken", "twice", "nowhere")}
found |= {f"profiles:{name}": asked(lambda: load_profile(name)) for name in ("acme", "matter", "broken", "number")}
found["names"] = profile_names()
found["memory"] = type(flag_backend("memory", {}, Path())).__module__
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process says that asks for each plug-in of two distributions."""
    folder = tmp_path_factory.mktemp("site")
    kinds = ("flags", "alerts", "metrics", "notify")
    points = {f"{kind}:{name}": f"acme:{name}" for kind in kinds for name in ("refuse", "crash", "nothing")}
    points |= {f"{kind}:acme": "acme:make" for kind in kinds} | {f"{kind}:broken": "acme:absent" for kind in kinds}
    points |= {"flags:memory": "acme:crash", "profiles:acme": "acme:PROFILE", "profiles:matter": "acme:PROFILE"}
    points |= {"profiles:broken": "acme_lost:PROFILE", "profiles:number": "acme:Everything"}
    points |= {f"{kind}:twice": "acme:make" for kind in kinds}
    install(folder, "acme-things", points, {"acme": FACTORIES})
    install(folder, "other-things", {f"{kind}:twice": "acme:make" for kind in kinds}, {}, "2.1")
    (folder / "acme.yaml").write_text("profile: acme\nown:\n  size: {value: 3, basis: documented}\n")
    done = run_with(folder, "-c", ASK, at=folder)
    assert done.returncode == 0, done.stderr
    assert "noise" in done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("group", ["flags", "alerts", "metrics", "notify", "profiles"])
def test_what_another_distribution_registers_is_found_by_its_name(said: dict[str, str], group: str) -> None:
    """The groups that ARCHITECTURE.md names."""
    assert said[f"{group}:acme"] == "acme"


@pytest.mark.parametrize("group", ["flags", "alerts", "metrics", "notify"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refuse", "The option speed is 3; the limit is 2."),
        ("crash", "The plug-in 'crash' of acme-things 1.0.0 (prr_pipeline.{}) makes nothing of its options: KeyError"),
        ("nothing", "of acme-things 1.0.0 (prr_pipeline.{}) made a object: it lacks name"),
        ("broken", "of acme-things 1.0.0 (prr_pipeline.{}) cannot be loaded: AttributeError"),
        ("twice", "Both acme-things 1.0.0 and other-things 2.1 register the"),
        ("nowhere", "'nowhere'. Valid: acme, "),
    ],
)
def test_a_fault_of_a_plug_in_is_one_sentence(said: dict[str, str], group: str, name: str, words: str) -> None:
    """It names the distribution; an error of the plug-in that is one sentence passes as it is."""
    assert words.format(group) in said[f"{group}:{name}"]
    assert "\n" not in said[f"{group}:{name}"]


def test_what_ships_is_never_replaced(said: dict[str, str]) -> None:
    """A rollback by the back end that ships needs no plug-in to be sound."""
    assert said["memory"] == "prr_pipeline.flags.memory"
    assert said["profiles:matter"] == "matter"


def test_a_profile_that_cannot_be_loaded_stops_no_other(said: dict[str, str]) -> None:
    """Only the one that is named is loaded."""
    assert {"acme", "broken", "github", "matter", "number"} <= set(said["names"])
    assert "acme-things 1.0.0 (prr_pipeline.profiles) cannot be loaded: ModuleNotFound" in said["profiles:broken"]
    assert "a profile is the path of a YAML file" in said["profiles:number"]
