"""A small deployment for the tests of the command line: a monorepo, people, settings, and a clock that stands."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from prr_pipeline.cli import app
from prr_pipeline.clock import FileClock
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.review.adoption import NAMESPACE as ADOPTION
from prr_pipeline.review.records import RecordKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.settings import load_settings
from prr_pipeline.signals.alerts.inbox import drop
from tests.commands import release

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NAMESPACES = ",".join([*(kind.namespace for kind in RecordKind), ADOPTION])
PEOPLE = {
    "mara": ("Equity", "[engineer]"),
    "noor": ("Equity", "[engineer, council]"),
    "jonas": ("Billing", "[engineer, council]"),
    "ines": ("Platform", "[engineer, council]"),
    "felix": ("Platform", "[engineer, council, on_call_lead]"),
}
SPEC = """\
openapi: 3.1.0
info: {title: Mini, version: 2026-02-01}
paths:
  /grants:
    get:
      operationId: listGrants
      x-mini-maturity: Preview
      responses: {'200': {description: list}}
    post:
      operationId: createGrant
      x-mini-maturity: Beta
      responses: {'201': {description: made}}
  /tables:
    get:
      operationId: getTable
      x-mini-maturity: {level: GA}
      responses: {'200': {description: table}}
"""
PROFILE = """\
profile: mini
paths:
  openapi: {value: api/openapi.yaml, basis: assumed}
  prr_document: {value: "prr/{name}.md", basis: assumed}
  context_map: {value: ops/contexts.yaml, basis: assumed}
spec:
  extension_prefix: {value: x-mini-, basis: assumed}
  required_extensions: {value: {maturity: [operation]}, basis: assumed}
  extension_schemas: {value: {maturity: {}}, basis: assumed}
maturity:
  names: {value: [Preview, Beta, GA], basis: assumed}
"""
CONTEXTS = """\
operations: {createGrant: Equity, listGrants: Equity, getTable: Billing}
services: {ledger: Platform}
depends_on: {createGrant: [service ledger]}
"""
ROTA = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260301T000000Z\r\n"
    "DTSTART:20260301T000000Z\r\nDTEND:20270301T000000Z\r\nSUMMARY:felix\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_GIT = {
    "GIT_AUTHOR_NAME": "Mara", "GIT_AUTHOR_EMAIL": "mara@example.org", "GIT_COMMITTER_NAME": "Mara",
    "GIT_COMMITTER_EMAIL": "mara@example.org", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_DATE": "2026-02-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-02-01T00:00:00Z",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one call of `prr` printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Town:
    """The folder of one deployment, with what tests do to it."""

    folder: Path
    keys: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "prr.toml"

    @property
    def mono(self) -> Path:
        return self.folder / "mono"

    @property
    def flags_file(self) -> Path:
        return self.folder / ".prr" / "flags.json"

    @property
    def ledger_file(self) -> Path:
        return self.folder / ".prr" / "ledger.sqlite"

    @property
    def clock(self) -> FileClock:
        return FileClock(self.folder / "clock.json")

    def prr(self, *args: str, answer: str | None = None) -> Said:
        """Run `prr` with the settings of this town."""
        return prr("--settings", str(self.settings_file), *args, answer=answer)

    def ok(self, *args: str) -> Said:
        """Run `prr`, which must succeed."""
        said = self.prr(*args)
        assert said.code == 0, said.err + said.out
        return said

    def work(self) -> Workplace:
        """The deployment as control sees it, opened anew."""
        return Workplace(load_settings(self.settings_file))

    def release(self) -> None:
        """Release the monorepo as ``slack``, once: the deployment knows what a deploy needs; the forge is content."""
        if git(self.mono, "tag"):
            return
        for path, text in release.FILES.items():
            (self.mono / path).parent.mkdir(parents=True, exist_ok=True)
            (self.mono / path).write_text(text)
        self.commit("release slack")
        git(self.mono, "tag", "slack")
        release.record(self.folder, git(self.mono, "rev-parse", "HEAD"), NOW)
        (self.folder / "own.yaml").write_text(release.OWN)
        (self.folder / "mini.yaml").write_text(release.conventions((self.folder / "mini.yaml").read_text()))
        settings = f'{self.settings_file.read_text()}\n[checklist]\nown = ["own.yaml"]\n'
        self.settings_file.write_text(f'{settings}\n[platforms]\nrecorded = "{release.ANSWERS}"\n')

    def open(self, subject: str = "deploy slack", target: str = "beta", *more: str) -> str:
        """Open a promotion by mara and return its key; a deploy is released first."""
        if subject.startswith("deploy "):
            self.release()
        context = () if subject in ("createGrant", "listGrants", "getTable") else ("--context", "Equity")
        self.ok("open", subject, "--target", target, "--by", "mara", *context, *more)
        kind, space, name = subject.partition(" ")
        return f"{kind}:{name}:{target}" if space else f"{kind}:{target}"

    def key(self, person: str) -> str:
        """The path of a person's private key."""
        return str(self.keys / person)

    def as_person(self, person: str) -> tuple[str, ...]:
        """The options that name a signer."""
        return ("--person", person, "--key", self.key(person), "--yes")

    def commit(self, message: str = "change") -> None:
        """Commit everything that lies in the monorepo."""
        git(self.mono, "add", "-A")
        git(self.mono, "commit", "-q", "-m", message)

    def attest_all(self, key: str, person: str = "noor") -> None:
        """Attest every open line and file the record."""
        self.ok("attest", key, "--all-open", "--statement", "Looked at it.", *self.as_person(person))
        self.commit("attest")

    def raise_flag(self, flag_key: str, exposure: str = "1%") -> None:
        """Set a flag by hand, past the pipeline."""
        from prr_pipeline.exposure import Exposure

        flags = self.work().flags
        version = flags.read([flag_key])[flag_key].version
        flags.write(flag_key, Exposure.parse(exposure), expected_version=version, intent_id=f"by-hand-{version}")

    def shown(self, flag_key: str) -> str:
        """What a flag shows now."""
        return str(self.work().flags.read([flag_key])[flag_key].exposure)

    def break_ledger(self, how: str) -> None:
        """Make the ledger unusable: garbage in its place, a folder in its place, or nothing at all."""
        for path in self.ledger_file.parent.glob("ledger.sqlite*"):
            path.unlink()
        if how == "garbage":
            self.ledger_file.write_bytes(b"not a database, never was" * 100)
        elif how == "folder":
            self.ledger_file.mkdir()

    def alert(self, name: str, *, severity: str = "warning", status: str = "firing", **labels: str) -> None:
        """Lay an alert into the inbox, started an hour ago, with a sign of life."""
        payload = {
            "version": "4",
            "status": status,
            "alerts": [
                {
                    "status": status,
                    "labels": {"alertname": name, "severity": severity, **labels},
                    "annotations": {"summary": f"{name} burns"},
                    "startsAt": "2026-03-04T11:00:00Z",
                    "endsAt": "2026-03-04T11:30:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
                    "fingerprint": name.encode().hex()[:16].ljust(16, "0"),
                }
            ],
        }
        drop(self.folder / ".prr" / "inbox", json.dumps(payload).encode())
        (self.folder / ".prr" / "inbox" / "heartbeat").touch()


def prr(*args: str, answer: str | None = None) -> Said:
    """Run `prr` in this process."""
    result = CliRunner().invoke(app, list(args), input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def git(folder: Path, *args: str) -> str:
    """Run git without the machine's own configuration."""
    done = subprocess.run(
        ["git", "-C", str(folder), *args], env={**os.environ, **_GIT}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def build(folder: Path, keys: Path) -> Town:
    """Make a town in an empty folder, with the keys made before."""
    town = Town(folder, keys)
    for path, text in {"api/openapi.yaml": SPEC, "ops/contexts.yaml": CONTEXTS, "README.md": "# mini\n"}.items():
        (town.mono / path).parent.mkdir(parents=True, exist_ok=True)
        (town.mono / path).write_text(text)
    git(town.mono, "init", "-q", "-b", "main")
    town.commit("mini")
    (folder / "mini.yaml").write_text(PROFILE)
    (folder / "rota.ics").write_text(ROTA)
    (folder / ".prr" / "inbox").mkdir(parents=True)
    (folder / ".prr" / "inbox" / "heartbeat").touch()
    town.settings_file.write_text(_settings(folder, _roster(folder / "roster", keys)))
    town.clock.set(NOW)
    return town


def _roster(folder: Path, keys: Path) -> str:
    folder.mkdir()
    public = {name: " ".join((keys / f"{name}.pub").read_text().split()[:2]) for name in PEOPLE}
    signers = "".join(f'{name} namespaces="{NAMESPACES}" {public[name]}\n' for name in PEOPLE).encode()
    rows = (
        f"  - {{id: {name}, contexts: [{context}], roles: {roles}, keys: [{name}]}}\n"
        for name, (context, roles) in PEOPLE.items()
    )
    people = ("people:\n" + "".join(rows)).encode()
    (folder / "allowed_signers").write_bytes(signers)
    (folder / "people.yaml").write_bytes(people)
    return Roster.parse(signers, people).digest


def _settings(folder: Path, roster_digest: str) -> str:
    return f"""\
[repository]
path = "mono"
ref = "main"
profile = "{folder / "mini.yaml"}"

[council]
roster = "roster"
digest = "{roster_digest}"

[calendars]
window = false
rota = "rota.ics"

[clock]
kind = "file"
path = "clock.json"
"""
