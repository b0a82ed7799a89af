"""A real Prometheus on a loopback port, with a past that the test writes; it proves that it is ours before use."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import httpx
import pytest

PROGRAMS = ("prometheus", "promtool")
needs_prometheus = pytest.mark.skipif(
    not all(shutil.which(one) for one in PROGRAMS),
    reason="Prometheus is not on PATH; install it (Debian: apt-get install --no-install-recommends prometheus)",
)
_PATIENCE_S = 30.0

Samples = Sequence[tuple[datetime, float]]
Series = Mapping[tuple[str, tuple[tuple[str, str], ...]], Samples]
"""Samples by a counter's name, such as ``op_errors_total``, and its labels."""


def series(name: str, samples: Samples, **labels: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], Samples]:
    """One series."""
    return {(name, tuple(sorted(labels.items()))): samples}


class PrometheusServer:
    """Scrapes nothing: it knows what ``past`` tells. Use it in a ``with`` statement; ``folder`` is empty."""

    def __init__(self, folder: Path, past: Series, arguments: Sequence[str] = ()) -> None:
        self._folder = folder
        self._past = past
        self._arguments = arguments
        self._proof = secrets.token_hex(16)
        self.url = ""

    def __enter__(self) -> PrometheusServer:
        config = self._folder / "prometheus.yml"
        config.write_text(f"global: {{external_labels: {{proof: '{self._proof}'}}}}\n")
        self._write_past()
        for _ in range(5):
            self.url = f"http://127.0.0.1:{_free_port()}"
            self._start(config)
            if self._is_ready():
                return self
            self._stop()
        raise AssertionError(f"Prometheus did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _write_past(self) -> None:
        (self._folder / "tsdb").mkdir()
        text = self._folder / "past.txt"
        text.write_text(_open_metrics(self._past), "utf-8")
        if not self._past:
            return
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(self._folder / "tsdb")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def _start(self, config: Path) -> None:
        command = [
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self._folder / 'tsdb'}",
            f"--web.listen-address={self.url.removeprefix('http://')}", "--storage.tsdb.retention.time=100y",
            "--log.level=warn", *self._arguments,
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=10)

    def _is_ready(self) -> bool:
        """Whether the one that answers there is ready and knows the proof; False when ours has ended."""
        ends_s = time.monotonic() + _PATIENCE_S
        while self._process.poll() is None and time.monotonic() < ends_s:
            if self._answers("/-/ready") and self._proof in self._text("/api/v1/status/config"):
                return self._process.poll() is None
            time.sleep(0.02)
        return False

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def _text(self, path: str) -> str:
        return httpx.get(self.url + path, timeout=2, trust_env=False).text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _open_metrics(past: Series) -> str:
    """The text that `promtool` makes blocks of: families one after the other, counters all."""
    lines: list[str] = []
    for name in dict.fromkeys(name for name, _ in past):
        lines.append(f"# TYPE {name.removesuffix('_total')} counter")
        for (of, labels), samples in past.items():
            if of == name:
                shown = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels)
                lines += [f"{name}{{{shown}}} {value} {at.timestamp()}" for at, value in samples]
    return "\n".join([*lines, "# EOF", ""])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
