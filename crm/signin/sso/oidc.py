"""OpenID Connect: discovery, authorization code with PKCE, and the ID token verified in full.

The signature is always checked, also of tokens that came straight from the token endpoint: the
connection's address was typed by somebody, and the nonce ties the answer to this browser.
"""

import hashlib
import hmac
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.core.cache import cache
from django.http import HttpRequest
from requests.auth import HTTPBasicAuth

from crm.signin.outgoing import GuardedSession, check_scheme
from crm.signin.sso.terms import Claimed, Facts, Journey, SignInFailed

logger = logging.getLogger("tongzhou.signin")

DISCOVERY = "/.well-known/openid-configuration"
# no symmetric ones: their key would be the client's secret, or a public key taken for one
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SCOPE = "openid email profile"
REMEMBERED_SECONDS = 600
ASK_AGAIN_SECONDS = 30
LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255
LONGEST_ATTEMPT = 600
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class OpenIDConnect:
    """A provider found by its issuer."""

    facts: Facts

    def authorize_url(self, request: HttpRequest, journey: Journey) -> str:
        values = {
            "response_type": "code",
            "client_id": self.facts.client_id,
            "redirect_uri": journey.redirect_uri,
            "scope": SCOPE,
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": journey.challenge,
            "code_challenge_method": "S256",
        }
        if journey.anew:
            values |= {"prompt": "login", "max_age": "0"}
        endpoint: str = discover(self.facts.issuer)["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(values)}"

    def claim(self, request: HttpRequest, journey: Journey, code: str) -> Claimed:
        config = discover(self.facts.issuer)
        tokens = self.redeem(config, journey, code)
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed("token", "no ID token")
        claims = verify(token, config, client_id=self.facts.client_id, nonce=journey.nonce)
        if journey.anew and not is_just_now(claims.get("auth_time")):
            raise SignInFailed("anew", str(claims.get("auth_time")))
        if "email" not in claims and config.get("userinfo_endpoint"):
            claims |= self.ask_about(config, claims["sub"], str(tokens.get("access_token", "")))
        return Claimed(
            subject=claims["sub"],
            name=str(claims.get("name") or claims.get("preferred_username") or "")[:80],
            email=str(claims.get("email") or "").strip().lower(),
            # some providers send the word
            is_email_verified=str(claims.get("email_verified")) in {"True", "true"},
        )

    def redeem(self, config: dict[str, Any], journey: Journey, code: str) -> dict[str, Any]:
        """Exchange the code for tokens, by the way of proving ourselves that the provider takes."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": journey.redirect_uri,
            "code_verifier": journey.verifier,
        }
        known = config.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        secret = self.facts.client_secret
        auth = None
        if "client_secret_basic" in known:
            auth = HTTPBasicAuth(self.facts.client_id, secret)
        else:
            form |= {"client_id": self.facts.client_id, "client_secret": secret}
        return ask_json("POST", config["token_endpoint"], data=form, auth=auth)

    def ask_about(self, config: dict[str, Any], subject: str, access: str) -> dict[str, Any]:
        """What the userinfo endpoint adds, if it speaks of the same person."""
        headers = {"Authorization": f"Bearer {access}"}
        found = ask_json("GET", config["userinfo_endpoint"], headers=headers)
        if found.get("sub") != subject:
            raise SignInFailed("token", "userinfo is about somebody else")
        wanted = ("name", "preferred_username", "email", "email_verified")
        return {name: found[name] for name in wanted if name in found}

    def check(self) -> None:
        """Discovery and keys answer, and fit together."""
        config = discover(self.facts.issuer, is_fresh=True)
        methods = config.get("code_challenge_methods_supported")
        if methods is not None and "S256" not in methods:
            raise SignInFailed("pkce")
        if not any(map(is_for_signing, keys_of(config, is_fresh=True))):
            raise SignInFailed("keys")


def discover(issuer: str, *, is_fresh: bool = False) -> dict[str, Any]:
    """The provider's own description; it must say the issuer that was configured."""
    name = f"sso:discovery:{hashlib.sha256(issuer.encode()).hexdigest()}"
    known: dict[str, Any] | None = None if is_fresh else cache.get(name)
    if known is not None:
        return known
    config = ask_json("GET", issuer.rstrip("/") + DISCOVERY)
    if str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise SignInFailed("issuer", str(config.get("issuer")))
    for endpoint in ENDPOINTS:
        try:
            check_scheme(str(config.get(endpoint, "")))
        except requests.RequestException as error:
            raise SignInFailed("discovery", endpoint) from error
    cache.set(name, config, REMEMBERED_SECONDS)
    return config


def keys_of(config: dict[str, Any], *, is_fresh: bool = False) -> list[dict[str, Any]]:
    """The provider's public keys."""
    address = config["jwks_uri"]
    name = f"sso:keys:{hashlib.sha256(address.encode()).hexdigest()}"
    known: list[dict[str, Any]] | None = None if is_fresh else cache.get(name)
    if known is not None:
        return known
    found = ask_json("GET", address).get("keys")
    keys = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    cache.set(name, keys, REMEMBERED_SECONDS)
    return keys


def is_for_signing(key: dict[str, Any]) -> bool:
    return key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC"}


def key_for(config: dict[str, Any], key_id: str | None) -> dict[str, Any]:
    """The key a token names; keys are read again when it is new, but not at every forgery."""
    for is_fresh in (False, True):
        if is_fresh and not cache.add(f"sso:asked:{config['issuer']}", 1, ASK_AGAIN_SECONDS):
            break
        keys = [one for one in keys_of(config, is_fresh=is_fresh) if is_for_signing(one)]
        named = [one for one in keys if one.get("kid") == key_id]
        if named or (key_id is None and len(keys) == 1):
            return (named or keys)[0]
    raise SignInFailed("token", "signed with an unknown key")


def verify(token: str, config: dict[str, Any], *, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of a token that this provider made for us, now, for this attempt."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise SignInFailed("token", "algorithm")
        key = jwt.PyJWK(key_for(config, header.get("kid")), algorithm=header["alg"])
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[header["alg"]],
            audience=client_id,
            issuer=config["issuer"],
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise SignInFailed("token", str(error)) from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise SignInFailed("token", "nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise SignInFailed("token", "made for somebody else")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise SignInFailed("token", "subject")
    return claims


def is_just_now(moment: Any) -> bool:
    """Whether the provider says that it asked the person within this attempt."""
    return isinstance(moment, int) and moment > time.time() - LONGEST_ATTEMPT


def ask_json(method: str, url: str, **more: Any) -> dict[str, Any]:
    """A JSON object from the provider."""
    try:
        with GuardedSession() as session:
            response = session.request(method, url, **more)
            response.raise_for_status()
            found = response.json()
    except requests.RequestException as error:
        raise SignInFailed("unreachable", str(error)[:200]) from error
    if not isinstance(found, dict):
        raise SignInFailed("discovery", "no JSON object")
    return found
