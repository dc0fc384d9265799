"""Keys that tills and shops call with: shown once, stored only as SHA-256."""

import hashlib
import secrets

PREFIX = "cx_"


def new_key() -> str:
    """A key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_key(raw: str) -> bytes:
    """SHA-256 of a key, 32 bytes. It has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(raw.encode()).digest()
