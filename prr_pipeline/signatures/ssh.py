"""Sign and verify bytes with ``ssh-keygen -Y``. The signer's identity comes from the key, never from the text."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prr_pipeline.errors import PrrError, Refused, Unavailable
from prr_pipeline.signatures.armour import read_signature
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode

PROGRAM = "ssh-keygen"
TIMEOUT_SECONDS = 10.0
SIGN_TIMEOUT_SECONDS = 120.0
"""Signing waits for a person: a passphrase, or a touch of a hardware key."""
_KEPT_ENVIRONMENT = ("PATH", "HOME", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "SSH_AUTH_SOCK", "SSH_ASKPASS", "TMPDIR")


def sign(
    key: Path, data: bytes, namespace: str, *, program: str = PROGRAM, timeout: float = SIGN_TIMEOUT_SECONDS
) -> bytes:
    """The armoured detached signature over ``data``. ``key`` is a private key, or a public one whose agent signs.

    Raises `Refused` when the key cannot sign and `Unavailable` without ``ssh-keygen``.
    """
    done = _run([program, "-q", "-Y", "sign", "-n", namespace, "-f", str(key)], data, timeout)
    if done.returncode != 0 or not done.stdout:
        raise Refused(
            f"{key} cannot sign: {_last_line(done.stderr)}. Check the path, its mode (0600) and the passphrase."
        )
    return done.stdout


def verify(
    allowed_signers_text: bytes,
    candidates: Collection[str],
    namespace: str,
    signature: bytes,
    data: bytes,
    at: datetime,
    *,
    program: str = PROGRAM,
    timeout: float = TIMEOUT_SECONDS,
) -> str:
    """The principal whose key signed exactly ``data``, allowed for ``namespace`` at the instant ``at``.

    ``candidates`` limits which principals may answer; empty means any that the file lists. Raises `RecordRefused`.
    """
    claimed = read_signature(signature)
    if claimed.namespace != namespace:
        raise RecordRefused(
            RefusalCode.WRONG_NAMESPACE,
            f"The signature was made for {claimed.namespace[:60]!r}, not for {namespace!r}; sign the record with prr.",
        )
    with tempfile.TemporaryDirectory(prefix="prr-verify-") as folder:
        signers, detached = Path(folder, "allowed_signers"), Path(folder, "record.sig")
        _write_private(signers, allowed_signers_text)
        _write_private(detached, signature)
        files = ["-O", f"verify-time={at.astimezone(UTC):%Y%m%d%H%M%SZ}", "-f", str(signers), "-s", str(detached)]
        found = _run([program, "-Y", "find-principals", *files], b"", timeout)
        principal = _principal(found, candidates, at)
        done = _run([program, "-Y", "verify", "-n", namespace, "-I", principal, *files], data, timeout)
    if done.returncode != 0:
        raise _not_verified(done.stderr, namespace)
    return principal


def generate_key(path: Path, comment: str, *, program: str = PROGRAM) -> str:
    """Make an ed25519 key without a passphrase at ``path`` (demo and tests) and return its public line."""
    if path.exists():
        raise Refused(f"{path} exists already; a key is never overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True)
    done = _run([program, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)], b"", TIMEOUT_SECONDS)
    if done.returncode != 0:
        raise PrrError(f"No key could be made at {path}: {_last_line(done.stderr)}.")
    return path.with_name(path.name + ".pub").read_text().strip()


def fresh_nonce() -> str:
    """32 random hex digits, for one record."""
    return secrets.token_hex(16)


def _run(command: Sequence[str], data: bytes, timeout: float) -> subprocess.CompletedProcess[bytes]:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | {"LC_ALL": "C"}
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=timeout, env=environment, check=False)
    except FileNotFoundError:
        raise Unavailable(
            f"{command[0]} is not on the PATH; install OpenSSH 9.1 or newer (often the package openssh-client) "
            "to sign and to verify."
        ) from None
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"{command[0]} did not end within {timeout:g} s; nothing was signed or verified. Try again."
        ) from None


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _principal(found: subprocess.CompletedProcess[bytes], candidates: Collection[str], at: datetime) -> str:
    principals = found.stdout.decode(errors="replace").split()
    if found.returncode == 0 and principals:
        if allowed := [p for p in principals if p in candidates or not candidates]:
            return allowed[0]
        wanted = ", ".join(sorted(candidates))
        raise RecordRefused(RefusalCode.WRONG_PERSON, f"The key is of {principals[0]}, who is none of {wanted}.")
    if b"key has expired" in found.stderr or b"not yet valid" in found.stderr:
        raise RecordRefused(
            RefusalCode.KEY_NOT_VALID,
            f"The key that signed is not valid at {at:%Y-%m-%d %H:%M} (revoked, expired or not yet in force).",
        )
    raise RecordRefused(
        RefusalCode.UNKNOWN_KEY, "The key that signed is nobody's in the roster; let the roster name it first."
    )


def _not_verified(stderr: bytes, namespace: str) -> RecordRefused:
    if b"not permitted for use in signature namespace" in stderr:
        return RecordRefused(
            RefusalCode.WRONG_NAMESPACE, f"The roster does not allow the key that signed for {namespace!r}."
        )
    return RecordRefused(
        RefusalCode.BAD_SIGNATURE, "The signature does not fit the record: its bytes were changed after it was signed."
    )


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[-1].rstrip(".")[:200] if lines else "no reason given"
