"""Build the sample with all that is around it: repository, CI's artefacts, answers of services, a `prr.toml`.

Usage: python examples/loop/make_deployment.py FOLDER (with the Python that prr_pipeline is installed in)
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from make_repository import CannotBuild, make_repository  # noqa: E402 - a script finds its neighbours by the folder
from record_answers import answers  # noqa: E402

from prr_pipeline.repository.artefact_filing import file_artefact  # noqa: E402
from prr_pipeline.repository.snapshot import open_commit  # noqa: E402

RECORDS = "ops/readiness"
"""Where the profile keeps people's records: they are no code, so filing one leaves CI's artefacts current."""
SETTINGS = """\
[repository]
path = "monorepo"
ref = "refs/heads/main"
profile = "loop"
artefacts = "artefacts"

[platforms]
recorded = "answers"

[flags]
backend = "flagd_file"
options = { path = "flags.json" }

[alerts]
source = "inbox"
options = { folder = "inbox", heartbeat_limit_seconds = 300 }
"""


def make_deployment(folder: Path, now: datetime) -> Path:
    """Write all of it into a new folder; returns the settings file. Raises `CannotBuild` where something is there.

    ``now``: aware UTC; the services' answers are read then, and believed for an hour.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotBuild(f"{folder} is not empty; name a new folder.")
    commit = make_repository(folder / "monorepo")
    head = open_commit(folder / "monorepo", commit)
    index = json.loads((HERE / "artefacts" / "index.json").read_text())
    for name, row in index.items():
        data = (HERE / "artefacts" / row["file"]).read_bytes().replace(b'"HEAD"', f'"{commit}"'.encode())
        made = {"suffix": row["suffix"], "tool": row["tool"], "version": row["version"]}
        file_artefact(folder / "artefacts", head, name, data, **made, at=now, exclude=(RECORDS,))
    for path, data in answers(commit, now).items():
        target = folder / "answers" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    settings = folder / "prr.toml"
    settings.write_text(SETTINGS)
    return settings


def main(words: list[str]) -> int:
    """Run from the command line; returns the exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        print("usage: python examples/loop/make_deployment.py FOLDER", file=sys.stderr)
        return 2
    try:
        settings = make_deployment(Path(words[0]), datetime.now(UTC))
    except CannotBuild as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Judge every subject with: prr --settings {settings} check --all --commit main")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
