"""The secret of a token: seen once by its owner, kept as a digest.

256 random bits need no salt and no slow hash: nobody can guess one, and the digest finds its row.
"""

import hashlib
import secrets

PREFIX = "tz_"
RANDOM_BYTES = 32
SHOWN = len(PREFIX) + 6


def make_secret() -> str:
    """A new secret; the prefix lets people and scanners recognise what it is."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest_of(secret: str) -> str:
    """By what a secret is kept and found."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hint_of(secret: str) -> str:
    """The beginning of a secret, by which its owner tells it from others."""
    return secret[:SHOWN]
