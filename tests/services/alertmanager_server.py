"""A real Alertmanager on a loopback port, to post alerts and silences to once it has proved that it is ours."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

PROGRAM = "prometheus-alertmanager"
needs_alertmanager = pytest.mark.skipif(
    shutil.which(PROGRAM) is None,
    reason=f"Alertmanager is not on PATH; install it (Debian: apt-get install --no-install-recommends {PROGRAM})",
)
PATIENCE_S = 30.0
INHIBITION = """
inhibit_rules:
- source_matchers: ['alertname="ClusterDown"']
  target_matchers: ['alertname!="ClusterDown"']
  equal: [cluster]
"""


class AlertmanagerServer:
    """Routes to nobody. Use it in a ``with`` statement; ``folder`` is empty and keeps the silences over a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._proof = f"proof-{secrets.token_hex(16)}"
        self.url = ""

    def __enter__(self) -> AlertmanagerServer:
        config = f"route: {{receiver: {self._proof}}}\nreceivers: [{{name: {self._proof}}}]\n{INHIBITION}"
        (self._folder / "alertmanager.yml").write_text(config)
        for _ in range(3):
            self.url = f"http://127.0.0.1:{_free_port()}"
            if self._starts():
                return self
        raise AssertionError(f"Alertmanager did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    def restart(self) -> None:
        """End it as a shutdown does, and start it again at the same address. It keeps silences and forgets alerts."""
        self.stop()
        assert self._starts(), (self._folder / "log").read_text()[-2000:]

    def stop(self) -> None:
        """End the process that was started here, by its id."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)

    def post(self, name: str, since: datetime, labels: Mapping[str, str], until: datetime | None = None) -> None:
        """What Prometheus sends while an alert fires; with ``until`` in the past, that it ended."""
        ends_at = until or datetime.now(UTC) + timedelta(minutes=4)
        sent = {"labels": {"alertname": name, **labels}, "startsAt": _text(since), "endsAt": _text(ends_at)}
        self._write("/api/v2/alerts", [sent])

    def silence(self, **labels: str) -> None:
        """Silence what has these labels, for an hour."""
        now = datetime.now(UTC)
        matchers = [{"name": n, "value": v, "isRegex": False, "isEqual": True} for n, v in labels.items()]
        times = {"startsAt": _text(now), "endsAt": _text(now + timedelta(hours=1))}
        self._write("/api/v2/silences", {"matchers": matchers, "createdBy": "felix", "comment": "known", **times})

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Look again and again, for `PATIENCE_S` at most: inhibition is worked out beside the question."""
        ends_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < ends_s, "it did not come about"
            time.sleep(0.02)

    def _write(self, path: str, body: Any) -> None:
        answer = httpx.post(self.url + path, json=body, timeout=10, trust_env=False)
        assert answer.status_code == 200, answer.text

    def _starts(self) -> bool:
        """Start it and see whether the one that answers there knows the proof; False when ours has ended."""
        command = [
            PROGRAM, f"--config.file={self._folder / 'alertmanager.yml'}", f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address={self.url.removeprefix('http://')}", "--cluster.listen-address=", "--log.level=warn",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        ends_s = time.monotonic() + PATIENCE_S
        while self._process.poll() is None and time.monotonic() < ends_s:
            if self._proof in self._told():
                return self._process.poll() is None
            time.sleep(0.02)
        self.stop()
        return False

    def _told(self) -> str:
        try:
            return httpx.get(f"{self.url}/api/v2/status", timeout=2, trust_env=False).text
        except httpx.HTTPError:
            return ""


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
