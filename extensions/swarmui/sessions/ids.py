"""Session ids that carry their own proof, so that they outlive the server and never expire."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

NONCE, PROOF = 8, 12
"""Bytes of chance and of proof: together the 40 digits that clients expect."""
SHAPE = re.compile(f"[0-9A-F]{{{2 * (NONCE + PROOF)}}}")


class SessionIds:
    """Issues ids and recognises them. ``owner``: the key that a session belongs to; empty for none."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, owner: str) -> str:
        """Issue a new id for this owner."""
        nonce = secrets.token_bytes(NONCE)
        return (nonce + self._proof(nonce, owner)).hex().upper()

    def knows(self, session_id: str, owner: str) -> bool:
        """True for an id that this server issued to this owner."""
        if not SHAPE.fullmatch(session_id.upper()):
            return False
        data = bytes.fromhex(session_id)
        return hmac.compare_digest(data[NONCE:], self._proof(data[:NONCE], owner))

    def _proof(self, nonce: bytes, owner: str) -> bytes:
        text = nonce + owner.encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, hashlib.sha256)[:PROOF]
