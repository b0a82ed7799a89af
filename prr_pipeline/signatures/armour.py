"""Read what an armoured SSH signature says of itself: its key and its namespace. Nothing here is trusted yet."""

from __future__ import annotations

import base64

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode

MAX_SIGNATURE_BYTES = 16 * 1024
_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class SshSignature:
    """The claimed signer and purpose. ``key`` is the public key's blob as in a key file."""

    key: bytes
    namespace: str


def read_signature(armoured: bytes) -> SshSignature:
    """The claims in a detached signature. Raises `RecordRefused` for more than 16 KiB or any other form."""
    if len(armoured) > MAX_SIGNATURE_BYTES:
        raise _refused(f"it has {len(armoured)} bytes and the limit is {MAX_SIGNATURE_BYTES}")
    lines = armoured.split()
    body = b"".join(lines[3:-3])
    if b" ".join(lines[:3]) != _BEGIN or b" ".join(lines[-3:]) != _END:
        raise _refused("it is not an armoured SSH signature")
    try:
        blob = base64.b64decode(body, validate=True)
    except ValueError:
        raise _refused("its body is not base64") from None
    if not blob.startswith(_MAGIC):
        raise _refused("its version is not 1")
    key, rest = _string(blob[len(_MAGIC) :])
    namespace, _ = _string(rest)
    return SshSignature(key, namespace.decode(errors="replace"))


def _string(data: bytes) -> tuple[bytes, bytes]:
    """One length-prefixed string of the SSH wire format, and what follows it."""
    size = int.from_bytes(data[:4], "big")
    if len(data) < 4 + size:
        raise _refused("it is cut short")
    return data[4 : 4 + size], data[4 + size :]


def _refused(why: str) -> RecordRefused:
    return RecordRefused(
        RefusalCode.SIGNATURE_UNREADABLE, f"The signature cannot be read: {why}; sign the record again."
    )
