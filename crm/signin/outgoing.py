"""Requests to addresses that an administrator typed: guarded against reaching our own network.

The name is resolved here, every address it has must be public, and the connection goes to the
address that was checked, so that a second answer of the DNS changes nothing. No redirects, no
proxies from the environment, short timeouts, small answers. SSO_ALLOW_PRIVATE lifts the rule
about addresses for installations whose identity provider stands in their own network.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS, READ_SECONDS = 4.0, 8.0
MOST_BYTES = 1024 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(requests.RequestException):
    """An address that this server does not ask, or an answer that it does not take."""


class GuardedHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host, self.port)


class GuardedHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host, self.port)


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


class GuardedAdapter(HTTPAdapter):
    """requests' transport over connections that choose their address themselves."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}
        self.poolmanager.pool_classes_by_scheme = pools


class GuardedSession(requests.Session):
    """A session that keeps the module's promises; also given to allauth's clients."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", GuardedAdapter())
        self.mount("http://", GuardedAdapter())

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        check_scheme(str(url))
        kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        kwargs["allow_redirects"] = False
        kwargs["stream"] = True
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.ConnectionError as error:
            raise Refused(
                f"{urlsplit(str(url)).hostname} is not asked or does not answer."
            ) from error
        if response.is_redirect:
            raise Refused("The answer is a redirect.")
        read_within(response, MOST_BYTES)
        return response


def check_scheme(url: str) -> None:
    """Only https, unless the installation's own network is allowed."""
    allowed = {"https", "http"} if settings.SSO_ALLOW_PRIVATE else {"https"}
    parts = urlsplit(url)
    if parts.scheme not in allowed or not parts.hostname:
        raise Refused("Only https addresses are asked.")


def connect(host: str, port: int | None) -> socket.socket:
    """A connection to a checked address of this host."""
    last: OSError | None = None
    for address in addresses_of(host, port or 443):
        try:
            return socket.create_connection((address, port or 443), CONNECT_SECONDS)
        except OSError as error:
            last = error
    raise Refused(f"{host} does not answer.") from last


def addresses_of(host: str, port: int) -> list[str]:
    """Every address of the host, all of them fit to be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(f"{host} is not known.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.SSO_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise Refused(f"{host} is an address of an internal network.")
    return addresses


def is_public(address: str) -> bool:
    """Whether the address belongs to the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def read_within(response: requests.Response, limit: int) -> None:
    """Read the body into the response, refusing a long one."""
    body = b""
    for piece in response.iter_content(16 * 1024):
        body += piece
        if len(body) > limit:
            response.close()
            raise Refused("The answer is too long.")
    response._content = body
