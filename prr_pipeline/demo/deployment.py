"""A deployment of its own in one folder: sample monorepo, people, calendars, settings, and the clock."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from prr_pipeline.clock import FileClock, LapsedClock
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.demo.people import freeze_ics, make_people, rota_ics
from prr_pipeline.demo.traffic import FILE, metrics_settings
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.artefact_filing import file_artefact
from prr_pipeline.repository.snapshot import open_commit

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "matter"
PRR_FOLDER = "apps/api/__gates__/prod-readiness"
_LAPSED_POLICY = {"gap_cap": "4d", "jump_limit": "8d", "unknown_notice_after": "3d"}
_FILE_POLICY = {"gap_cap": "31d", "jump_limit": "31d", "unknown_notice_after": "3d"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where everything of one deployment lies."""

    folder: Path
    origin: datetime

    @property
    def settings_file(self) -> Path:
        return self.folder / "prr.toml"

    @property
    def monorepo(self) -> Path:
        return self.folder / "monorepo"

    @property
    def inbox(self) -> Path:
        return self.folder / ".prr" / "inbox"

    @property
    def traffic_file(self) -> Path:
        return self.folder / FILE

    @property
    def clock_file(self) -> Path:
        return self.folder / ".prr" / "clock.json"

    @property
    def flags_file(self) -> Path:
        return self.folder / ".prr" / "flags.json"

    @property
    def home(self) -> Path:
        return self.folder / ".prr" / "dagster"

    def key(self, person: str) -> Path:
        """The private key of a person of the demo."""
        return self.folder / "keys" / person


def make_deployment(folder: Path, origin: datetime, *, factor: int | None, canary: bool = False) -> Deployment:
    """Make everything in an empty folder. With a ``factor`` the clock is a time-lapse from now on, else a file clock.

    With ``canary`` the policy requires that gate, and metrics are read from the file that `Traffic` writes.
    Raises `PrrError` when the folder is not empty or the sample is not there (it is part of the source checkout).
    """
    if folder.exists() and any(folder.iterdir()):
        raise PrrError(f"The folder {folder} is not empty; give another one or remove it.")
    deployment = Deployment(folder.resolve(), origin)
    make_monorepo(deployment.monorepo)
    roster = make_people(deployment.folder)
    deployment.inbox.mkdir(parents=True)
    (deployment.folder / "rota.ics").write_text(rota_ics(origin))
    freeze = freeze_ics(origin, timedelta(days=200), timedelta(days=14), "year-end freeze")
    (deployment.folder / "freeze.ics").write_text(freeze)
    if canary:
        deployment.traffic_file.parent.mkdir(parents=True)
    deployment.settings_file.write_text(_settings(roster.digest, factor is not None, canary))
    if factor is None:
        FileClock(deployment.clock_file).set(origin)
    else:
        LapsedClock.start(deployment.clock_file, origin, factor)
    copy_artefacts(deployment)
    return deployment


def make_monorepo(target: Path) -> None:
    """Build the sample monorepo with its history, in a process of its own: it is data here, not code."""
    script = SAMPLE / "make_repository.py"
    if not script.is_file():
        raise PrrError(
            "The sample monorepo is not here: the demo runs from a checkout of prr_pipeline, with its examples."
        )
    done = subprocess.run(
        [sys.executable, str(script), str(target)], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise PrrError(f"The sample monorepo could not be made: {last[0]}")


def copy_artefacts(deployment: Deployment, at: datetime | None = None, names: Collection[str] | None = None) -> None:
    """File the sample's recorded CI artefacts for the head commit, as its CI would: all, or those of these names.

    ``at`` is when CI made them; None for the deployment's origin.
    """
    head = open_commit(deployment.monorepo, "HEAD")
    listed = json.loads((SAMPLE / "artefacts" / "index.json").read_bytes())
    for name, row in listed.items():
        if names is not None and name not in names:
            continue
        file_artefact(
            deployment.folder / ".prr" / "artefacts",
            head,
            name,
            (SAMPLE / "artefacts" / row["file"]).read_bytes(),
            suffix=row["suffix"],
            tool=row["tool"],
            version=row["version"],
            at=at or deployment.origin,
            exclude=(PRR_FOLDER,),
        )


def _settings(roster_digest: str, lapsed: bool, canary: bool) -> str:
    limits = _LAPSED_POLICY if lapsed else _FILE_POLICY
    policy = "\n".join(f'{name} = "{value}"' for name, value in limits.items())
    # The story ends with a step down, so people decide after the first one.
    policy += '\nrequired_gates = ["canary"]' if canary else ""
    metrics = f"\n{metrics_settings(limits['gap_cap'])}" if canary else ""
    return f"""# Settings of one deployment of prr_pipeline. Relative paths count from this file.

[repository]
path = "monorepo"
ref = "HEAD"
profile = "matter"

[council]
roster = "roster"
digest = "{roster_digest}"
signoff_expiry = "180d"
signoff_max_age = "{"60d" if lapsed else "7d"}"

[alerts]
source = "inbox"
max_age = "30s"
options = {{ folder = ".prr/inbox", heartbeat_limit_seconds = 30 }}

[flags]
backend = "flagd_file"
environment = "production"
options = {{ path = ".prr/flags.json" }}

[policy]
{policy}

[calendars]
freeze = ["freeze.ics"]
rota = "rota.ics"
window = false

[clock]
kind = "{"lapsed" if lapsed else "file"}"
path = ".prr/clock.json"
{metrics}"""
