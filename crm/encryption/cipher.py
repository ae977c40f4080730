"""Encrypt a text for one place of one organisation, and find it again without reading it.

A token is `tz1.<key name>.<nonce, ciphertext and tag in base64>` (AES-256-GCM). The key is derived
per organisation, and organisation and place ("table.column") are bound to it as associated data:
a token copied to another tenant's row or to another column cannot be decrypted.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crm.encryption.ring import keyring, reread
from crm.tenancy.context import current_organization_id

VERSION = "tz1"
NONCE_BYTES = 12
INDEX_LENGTH = 32
# A secret that belongs to the platform or to a person, not to an organisation.
PLATFORM = 0


class Undecipherable(Exception):
    """A token was altered, moved from elsewhere, or its key is not in the ring."""


class SecretText(str):
    """A decrypted text: an ordinary string, except that its repr does not tell it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<secret {masked(self)}>"


def masked(text: str) -> str:
    """What screens and logs may show: the last four characters of a longer text."""
    return f"*{text[-4:]}" if len(text) > 7 else "****" if text else ""


def seal(text: str, *, place: str, organization_id: int | None = None) -> str:
    """Encrypt with the newest key; the empty text stays empty."""
    if not text:
        return ""
    organization = current_organization_id() if organization_id is None else organization_id
    name = keyring().newest
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(keyring().keys[name], organization).encrypt(
        nonce, text.encode(), _bound_to(organization, place)
    )
    return f"{VERSION}.{name}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def unseal(token: str, *, place: str, organization_id: int | None = None) -> str:
    """Decrypt a token of this place; raises Undecipherable for any other."""
    if not token:
        return ""
    organization = current_organization_id() if organization_id is None else organization_id
    name, payload = _parts(token, place)
    key = keyring().keys.get(name) or reread().keys.get(name)
    if key is None:
        raise Undecipherable(f"{place}: the key {name} is not in the ring.")
    try:
        text = _cipher(key, organization).decrypt(
            payload[:NONCE_BYTES], payload[NONCE_BYTES:], _bound_to(organization, place)
        )
    except InvalidTag:
        raise Undecipherable(f"{place}: altered, or of another place or organisation.") from None
    return SecretText(text.decode())


def key_of(token: str) -> str:
    """The name of the key a token was made with."""
    return token.split(".", 2)[1]


def blind_index(text: str, purpose: str, *, organization_id: int | None = None) -> str:
    """A keyed digest by which equal texts of one organisation and purpose are found."""
    if not text:
        return ""
    organization = current_organization_id() if organization_id is None else organization_id
    message = f"{organization}\0{purpose}\0{text}".encode()
    return hmac.new(keyring().index, message, hashlib.sha256).hexdigest()[:INDEX_LENGTH]


def fingerprint(key: bytes) -> str:
    """What identifies a key without telling it."""
    return hmac.new(key, b"tongzhou key fingerprint", hashlib.sha256).hexdigest()[:16]


def _parts(token: str, place: str) -> tuple[str, bytes]:
    version, _, rest = token.partition(".")
    name, _, encoded = rest.partition(".")
    try:
        payload = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        payload = b""
    if version != VERSION or len(payload) <= NONCE_BYTES:
        raise Undecipherable(f"{place}: not a ciphertext.")
    return name, payload


def _bound_to(organization_id: int, place: str) -> bytes:
    return f"{organization_id}\0{place}".encode()


@lru_cache(maxsize=4_096)
def _cipher(key: bytes, organization_id: int) -> AESGCM:
    derived = HKDF(
        algorithm=SHA256(),
        length=32,
        salt=None,
        info=f"tongzhou column\0{organization_id}".encode(),
    ).derive(key)
    return AESGCM(derived)
