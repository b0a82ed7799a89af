"""A folder under git in which patches are tried: what `git apply` makes of them is the truth."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Tree:
    """A working tree with one commit."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._git("init", "-q")
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._git("add", "-A")
        self._git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "one")

    def applied(self, patch: bytes, name: str) -> bytes:
        """The file after `git apply --check` and `git apply`. Raises `AssertionError` with what git says."""
        for options in (("--check",), ()):
            done = self._git("apply", "--whitespace=nowarn", *options, "-", data=patch, check=False)
            assert done.returncode == 0, done.stderr.decode()
        return (self.folder / name).read_bytes()

    def _git(self, *words: str, data: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        settings = ("-c", "core.autocrlf=false", "-c", "core.safecrlf=false")
        return subprocess.run(
            ["git", "-C", str(self.folder), *settings, *words], input=data, capture_output=True, check=check, timeout=60
        )
