"""The signed head: which event the ledger had reached, kept outside its database so that a rewrite shows."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from prr_pipeline.canonical import canonical_bytes, instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unavailable, Unreadable

_DOMAIN = b"prr-ledger-head-v1\n"
_MAX_BYTES = 4096
# A writer that was stopped while it held the lock must not hold up anybody's latch.
_LOCK_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Head:
    """The event that was the last one at ``at``. ``hash`` and ``public_key`` are 64 hex digits."""

    seq: int
    hash: str
    at: datetime
    public_key: str


class HeadFile:
    """One head in one file, signed with ed25519. Several processes may share both files.

    The key is made on first use, readable by its owner only. Who can read it can forge heads: give the writer its
    own user, and copy the head to a place that user cannot rewrite (git, a log).
    """

    def __init__(self, path: Path, key_path: Path) -> None:
        self.path = path
        self.key_path = key_path

    def read(self) -> Head | None:
        """The exported head; None when there is no file. Raises `Unreadable` when it is broken or forged."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise Unreadable(f"The ledger's head {self.path} cannot be read ({fault.strerror}).") from None
        return self._verified(data)

    def export(self, seq: int, row_hash: str, at: datetime) -> None:
        """Write the head atomically and durably. A head that is already further stays.

        Raises `Unreadable`, and leaves the file, when the head there is forged, `Unavailable` when another process
        holds it for more than a second; `OSError` when it cannot be written.
        """
        with self._alone():
            standing = self.read()
            if standing is None:
                self._make_key()
            elif standing.seq >= seq:
                return
            _write(self.path, self._signed(seq, row_hash, at), 0o644)

    def sign(self, domain: bytes, fields: dict[str, object]) -> str:
        """The signature over ``domain`` and canonical ``fields``, in hex. A key is made where there never was a head.

        Raises `Unreadable` when the key cannot be read, `OSError` when it cannot be made.
        """
        if not self.path.exists():
            self._make_key()
        return self._key().sign(domain + canonical_bytes(fields)).hex()

    def is_signed(self, domain: bytes, fields: dict[str, object], signature: str) -> bool:
        """Whether this head's key signed it. Raises `Unreadable` without the key, `ValueError` for what is no hex."""
        return _signs(self._key().public_key(), domain + canonical_bytes(fields), bytes.fromhex(signature))

    def set_aside(self) -> Path | None:
        """Move a head that no longer fits to ``<name>.replaced-<n>`` and return that path; None without a head."""
        with self._alone():
            if not self.path.exists():
                return None
            number = 1
            while (aside := self.path.with_name(f"{self.path.name}.replaced-{number}")).exists():
                number += 1
            os.replace(self.path, aside)
            return aside

    def _signed(self, seq: int, row_hash: str, at: datetime) -> bytes:
        key = self._key()
        fields: dict[str, object] = {"at": instant_text(at), "hash": row_hash, "seq": seq}
        signature = key.sign(_DOMAIN + canonical_bytes(fields)).hex()
        public = key.public_key().public_bytes_raw().hex()
        return canonical_bytes({**fields, "public_key": public, "signature": signature}) + b"\n"

    def _verified(self, data: bytes) -> Head:
        try:
            if len(data) > _MAX_BYTES:
                raise ValueError
            found = json.loads(data)
            seq, row_hash, at = found["seq"], str(found["hash"]), str(found["at"])
            if type(seq) is not int:
                raise ValueError
            head = Head(seq, row_hash, parse_instant(at), str(found["public_key"]))
            signature = bytes.fromhex(found["signature"])
            exact = canonical_bytes(found) + b"\n" == data
        except (ValueError, KeyError, TypeError, RecursionError, PrrError):
            raise Unreadable(f"The ledger's head {self.path} is broken; run prr audit and restore it.") from None
        # The key beside the ledger decides, not the one that the file names: anybody can make a key.
        public = self._key().public_key()
        fields = {"at": at, "hash": row_hash, "seq": seq}
        signed = _signs(public, _DOMAIN + canonical_bytes(fields), signature)
        if not exact or head.public_key != public.public_bytes_raw().hex() or not signed:
            raise Unreadable(f"The ledger's head {self.path} is not signed by {self.key_path}: it may be forged.")
        return head

    def _key(self) -> Ed25519PrivateKey:
        try:
            key = load_pem_private_key(self.key_path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as fault:
            kind = type(fault).__name__
            raise Unreadable(f"The key of the ledger's head, {self.key_path}, cannot be read ({kind}).") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise Unreadable(f"The key of the ledger's head, {self.key_path}, is not an ed25519 key.")
        return key

    def _make_key(self) -> None:
        if self.key_path.exists():
            return
        self.key_path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(self.key_path, pem, 0o600)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + _LOCK_WAIT_SECONDS
        with self.path.with_name(f"{self.path.name}.lock").open("a") as lock:
            while not _locked(lock.fileno()):
                if time.monotonic() > until:
                    raise Unavailable(f"The ledger's head {self.path} is held by another process; it follows later.")
                time.sleep(0.01)
            yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signs(public: Ed25519PublicKey, data: bytes, signature: bytes) -> bool:
    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _write(path: Path, data: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
