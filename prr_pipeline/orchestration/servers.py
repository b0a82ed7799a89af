"""Start Dagster for one deployment: code server, webserver and daemon on loopback, proven ours, ended together."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import IO

import dagster as dg
import httpx

from prr_pipeline.errors import PrrError, Unavailable

HOST = "127.0.0.1"
_START_LIMIT_S = 120.0
_STOP_LIMIT_S = 10.0
_PORT_TRIES = 3
_INFO = "{ instance { info } repositoriesOrError { __typename } }"


@dataclass
class Servers:
    """The three processes of one DAGSTER_HOME. Use as a context manager; ``port`` 0 lets the kernel choose."""

    settings_file: Path
    home: Path
    port: int = 0
    dequeue_interval_s: int = 5
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The webserver's address."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Servers:
        self.prepare()
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def prepare(self) -> None:
        """Write dagster.yaml and create the instance in this one process, before any server opens it."""
        self.home.mkdir(parents=True, exist_ok=True)
        text = (Path(str(files("prr_pipeline"))) / "orchestration" / "dagster.yaml").read_text()
        (self.home / "dagster.yaml").write_text(
            text.replace("dequeue_interval_seconds: 5", f"dequeue_interval_seconds: {self.dequeue_interval_s}")
        )
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            instance.get_run_records(limit=1)
            instance.get_dynamic_partitions("promotions")
            instance.all_instigator_state()

    def start(self) -> None:
        """Start the servers, each only once the one before it answers. Raises `Unavailable` with the log's end."""
        code_port = self._start_code_server()
        workspace = self.home / "workspace.yaml"
        workspace.write_text(
            f"load_from:\n  - grpc_server:\n      host: {HOST}\n      port: {code_port}\n"
            "      location_name: prr_pipeline\n"
        )
        self._start_webserver(workspace)
        self._spawn("daemon", "dagster._daemon", "run", "-w", str(workspace))

    def restart_code_server(self) -> None:
        """Start a code server again on its port, after it died."""
        text = (self.home / "workspace.yaml").read_text()
        port = int(text.split("port: ")[1].split()[0])
        self._spawn_code_server(port)
        self._wait_for_port("code", port)

    def stop(self) -> None:
        """End the processes that this object started, and only those."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _STOP_LIMIT_S
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()
        self.processes.clear()

    def fault(self) -> str:
        """A sentence when one of the processes has ended; empty while all run."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                return f"The Dagster {name} ended with code {process.returncode}: {self._log_end(name)}"
        return ""

    def _start_code_server(self) -> int:
        for _ in range(_PORT_TRIES):
            port = free_port()
            self._spawn_code_server(port)
            try:
                self._wait_for_port("code", port)
            except Unavailable:
                continue
            return port
        raise Unavailable(f"The code server did not start: {self._log_end('code')}")

    def _spawn_code_server(self, port: int) -> None:
        arguments = ("api", "grpc", "-m", "prr_pipeline.definitions", "-h", HOST, "-p", str(port))
        self._spawn("code", "dagster", *arguments, "--location-name", "prr_pipeline", "--inject-env-vars-from-instance")

    def _start_webserver(self, workspace: Path) -> None:
        chosen = self.port
        for _ in range(1 if chosen else _PORT_TRIES):
            self.port = chosen or free_port()
            self._spawn("webserver", "dagster_webserver", "-h", HOST, "-p", str(self.port), "-w", str(workspace))
            if self._is_ours():
                return
        raise Unavailable(f"The webserver did not start on port {self.port}: {self._log_end('webserver')}")

    def _is_ours(self) -> bool:
        """Whether the webserver answers with our DAGSTER_HOME: another one may have taken the port."""
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline and self.processes["webserver"].poll() is None:
            with suppress(httpx.HTTPError, ValueError, KeyError, TypeError):
                answer = httpx.post(f"{self.url}/graphql", json={"query": _INFO}, timeout=5).json()
                if str(self.home.resolve()) in answer["data"]["instance"]["info"]:
                    return True
            time.sleep(0.3)
        return False

    def _wait_for_port(self, name: str, port: int) -> None:
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline:
            if self.processes[name].poll() is not None:
                raise Unavailable(f"The {name} server ended at once: {self._log_end(name)}")
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return
            time.sleep(0.2)
        raise Unavailable(f"The {name} server does not answer on port {port}: {self._log_end(name)}")

    def _spawn(self, name: str, module: str, *arguments: str) -> None:
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(self.home.resolve()),
            "PRR_SETTINGS": str(self.settings_file.resolve()),
            "PYTHONWARNINGS": "ignore",
            **self.environment,
        }
        with self._log(name) as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], env=environment, cwd=self.settings_file.parent,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def _log(self, name: str) -> IO[bytes]:
        return (self.home / f"{name}.log").open("ab")

    def _log_end(self, name: str) -> str:
        path = self.home / f"{name}.log"
        lines = path.read_text("utf-8", "replace").strip().splitlines() if path.exists() else []
        return lines[-1][:300] if lines else "nothing was logged"


def free_port() -> int:
    """A loopback port that was free a moment ago, chosen by the kernel."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def need_programs(*names: str) -> None:
    """Raise `PrrError` for the first program that is not on PATH."""
    for name in names:
        if shutil.which(name) is None:
            raise PrrError(f"{name} is not on this machine; install it and try again.")
