"""An identity provider of OpenID Connect that speaks real HTTP on a port of its own.

Discovery, keys, authorization code with PKCE, token and userinfo endpoints; RS256 with a real key.
`lie` changes what it says, so that tests can be attacked by it.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, Any]
KEY_ID = "key-1"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


HONEST_KEY = new_key()


@dataclass
class Provider:
    """What the server knows and says."""

    client_id: str = "tongzhou"
    client_secret: str = "s3cret of the client"
    person: Claims = field(default_factory=lambda: {"sub": "u-1", "name": "王磊"})
    key: rsa.RSAPrivateKey = field(default_factory=lambda: HONEST_KEY)
    lie: Callable[[Claims], Claims] = lambda claims: claims
    lie_about_itself: Callable[[Claims], Claims] = lambda config: config
    lie_with_key: rsa.RSAPrivateKey | None = None
    lie_with_algorithm: str = "RS256"
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    issuer: str = ""

    def config(self) -> Claims:
        return self.lie_about_itself(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def keys(self) -> Claims:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [jwk | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """The person agrees at once: back with a code."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(query)
        back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def redeem(self, form: dict[str, str], credentials: tuple[str, str]) -> Claims | None:
        """Tokens for a code, once, for the client and the browser that asked."""
        query = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (
            query is None
            or query["code_challenge"] != challenge
            or query["redirect_uri"] != form.get("redirect_uri")
            or credentials != (self.client_id, self.client_secret)
        ):
            return None
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(query)}

    def id_token(self, query: Claims) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": query.get("nonce"),
            **self.person,
        }
        key: Any = self.lie_with_key or self.key
        if self.lie_with_algorithm == "HS256":
            key = self.client_secret.encode() * 4
        if self.lie_with_algorithm == "none":
            key = None
        headers = {"kid": KEY_ID}
        return jwt.encode(self.lie(claims), key, algorithm=self.lie_with_algorithm, headers=headers)


class Handler(BaseHTTPRequestHandler):
    """The endpoints."""

    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self.answer(self.provider.config())
        elif parts.path == "/keys":
            self.answer(self.provider.keys())
        elif parts.path == "/authorize":
            self.redirect(self.provider.authorize(dict(parse_qsl(parts.query))))
        elif parts.path == "/userinfo":
            self.answer(self.provider.person)
        elif parts.path == "/redirect":
            self.redirect(f"{self.provider.issuer}/keys")
        elif parts.path == "/long":
            self.answer({"long": "x" * 2_000_000})
        else:
            self.answer({}, status=404)

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        kind, _sep, value = self.headers.get("Authorization", "").partition(" ")
        given = base64.b64decode(value).decode() if kind == "Basic" else ":"
        name, _sep, secret = given.partition(":")
        tokens = self.provider.redeem(form, (unquote(name), unquote(secret)))
        if tokens is None:
            self.answer({"error": "invalid_grant"}, status=400)
        else:
            self.answer(tokens)

    def answer(self, values: Claims, status: int = 200) -> None:
        body = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running_provider(**settings: Any) -> Iterator[Provider]:
    """A provider that answers on a free port of this machine while the block runs."""
    provider = Provider(**settings)
    handler = type("BoundHandler", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
