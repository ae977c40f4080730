"""P4: the leads list, signed in, against the same page by hand: raw SQL and f-strings.

The real WSGI application under the settings of `make run` answers in this process and behind
granian. The limit does the same work without a framework (bench/limit_page.py).
"""

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from bench import harness
from bench.harness import Figure, Options
from bench.p12_first_run import free_port
from crm.embedded.process import wait_until
from crm.embedded.testing import ensure_services

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "bench_p04"
REPEATS = 10
OTHER_LISTS = ("customers", "opportunities", "orders", "payments")
Get = Callable[[], str]
# the cookies each session was given, sent back as a browser would: one of them spares two writes
_jars: dict[str, SimpleCookie] = {}


def prepare(options: Options, home: Path) -> None:
    """A populated database, static files, and the environment of a web process."""
    os.environ.update(ensure_services())
    sizes = [f"mid={options.rows}+", f"small={options.rows // 10}", f"big={options.rows * 10}"]
    python(["-m", "bench.populate", DATABASE.removeprefix("bench_"), *sizes])
    head, _slash, tail = os.environ["DATABASE_URL"].rpartition("/tongzhou")
    os.environ |= {
        "DATABASE_URL": f"{head}/{DATABASE}{tail}",
        "DJANGO_SETTINGS_MODULE": "crm.settings.local",
        "PROCESS_KIND": "web",
        "DATA_DIR": str(home),
    }
    python(["manage.py", "collectstatic", "--noinput", "--verbosity=0"])
    import django  # noqa: PLC0415  (the environment comes first)

    django.setup()


def python(words: list[str], **more: Any) -> None:
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, **more)


def session_of(email: str) -> str:
    """The session key of somebody who has just signed in."""
    from django.test import Client  # noqa: PLC0415

    from crm.people.models import User  # noqa: PLC0415

    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(User.objects.get(email=email), backend=backend)
    return client.cookies["sessionid"].value


def cookies_of(session: str) -> str:
    """The Cookie header of the browser that has this session."""
    given = _jars.setdefault(session, SimpleCookie({"sessionid": session}))
    return "; ".join(f"{name}={one.value}" for name, one in given.items())


def take_cookies(session: str, headers: Iterable[tuple[str, str]]) -> None:
    """Keep what an answer sets."""
    for name, value in headers:
        if name.lower() == "set-cookie":
            _jars[session].load(value)


def ask(application: Any, path: str, session: str, query: str = "") -> str:
    """One request through a WSGI application, its body read to the end."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": cookies_of(session),
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    status: list[str] = []

    def start(line: str, headers: list[tuple[str, str]]) -> None:
        status.append(line)
        take_cookies(session, headers)

    parts = application(environ, start)
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    assert status == ["200 OK"], (path, status)
    return body.decode()


def told(page: str) -> list[str]:
    """The rows of a page as a reader sees them: their ids and the text of their cells."""
    found = []
    for pk, cells in re.findall(r'<tr data-id="(\d+)"[^>]*>(.*?)</tr>', page, re.DOTALL):
        texts = re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)
        words = [re.sub(r"<[^>]*>", "", text) for text in texts]
        found.append(f"{pk} {'|'.join(word for word in words if word)}")
    return found


def queries_of(get: Get) -> int:
    """How many statements a page sends, BEGIN and COMMIT aside."""
    from django.db import connection  # noqa: PLC0415

    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        get()
    return len(sent)


def milliseconds(cases: Mapping[str, Get], rounds: int) -> dict[str, float]:
    """The median of each page in turn, some at a time so that a sample is longer than noise."""

    def several(get: Get) -> None:
        for _ in range(REPEATS):
            get()

    samples = harness.interleaved(
        {name: partial(several, get) for name, get in cases.items()}, rounds=rounds, warm_up=2
    )
    return {name: 1000 * value / REPEATS for name, value in harness.medians(samples).items()}


def limits(path: str, session: str, page: str) -> tuple[Get, Get]:
    """The page by hand: with all the work, and the query and the writing alone."""
    from django.conf import settings  # noqa: PLC0415

    from bench.limit_page import NakedPage, SignedInPage  # noqa: PLC0415

    dsn = os.environ["DATABASE_URL"]
    head, _slash, tail = os.environ["DATABASE_ADMIN_URL"].rpartition("/postgres")
    admin = f"{head}/{settings.DATABASES['default']['NAME']}{tail}"
    whole = SignedInPage(dsn, page)
    naked = NakedPage(admin, page, email="manager@mid.test")
    return partial(ask, whole, path, session), partial(ask, naked, path, session)


def in_process(options: Options) -> list[Figure]:
    """Ours and the limit, in this process."""
    from crm.wsgi import application  # noqa: PLC0415

    path = "/mid/leads/"
    manager = session_of("manager@mid.test")
    ours = partial(ask, application, path, manager)
    page = ours()
    whole, naked = limits(path, manager, page)
    assert len(told(page)) == 25
    assert told(whole()) == told(page) == told(naked())
    found = milliseconds({"ours": ours, "limit": whole, "naked": naked}, options.rounds)
    detail = {"ours ms": found["ours"], "limit ms": found["limit"], "KB": len(page) // 1024}
    bare = {"ours ms": found["ours"], "limit ms": found["naked"]}
    queries = queries_of(ours)
    return [
        Figure("ours : limit that does the same work", found["limit"] / found["ours"], "×", 0.35,
               "high", detail),
        Figure("ours : one query and one f-string", found["naked"] / found["ours"], "×", 0.35,
               "high", bare),
        Figure("queries", queries, "", 12, "low"),
        *flatness(application, options),
        *other_lists(application, manager, found["ours"], options),
    ]  # fmt: skip


def flatness(application: Any, options: Options) -> list[Figure]:
    """The same page over more rows, and further back in the list."""
    figures = []
    for part in ("administrator", "manager", "rep1"):
        sessions = {slug: session_of(f"{part}@{slug}.test") for slug in ("small", "mid", "big")}
        cases: dict[str, Get] = {
            slug: partial(ask, application, f"/{slug}/leads/", key)
            for slug, key in sessions.items()
        }
        last = partial(ask, application, "/mid/leads/", sessions["mid"], "page=last")
        assert len(told(last())) == len(told(cases["big"]())) == 25
        found = milliseconds(cases | {"last": last}, options.rounds)
        sizes = f"{10 * options.rows:,} : {options.rows // 10:,} leads"
        growth = {"few ms": found["small"], "many ms": found["big"]}
        depth = {"first ms": found["mid"], "last ms": found["last"]}
        figures += [
            Figure(f"{part}: {sizes}", found["big"] / found["small"], "×", 1.15, "low", growth),
            Figure(
                f"{part}: last : first page", found["last"] / found["mid"], "×", 1.15, "low", depth
            ),
        ]
    return figures


def other_lists(application: Any, session: str, leads: float, options: Options) -> Iterator[Figure]:
    """The other large lists beside the list of leads; no goal of their own."""
    for name in OTHER_LISTS:
        get = partial(ask, application, f"/mid/{name}/", session)
        assert len(told(get())) == 25, name
        found = milliseconds({name: get}, options.rounds)
        yield Figure(
            f"{name} : leads", found[name] / leads, "×", detail={"ms": found[name],
            "queries": queries_of(get)},
        )  # fmt: skip


def served(options: Options, home: Path) -> list[Figure]:
    """The same two behind granian, one request at a time over one connection."""
    session = session_of("manager@mid.test")
    with server("ours") as ours:
        page = fetch(ours, session)
        os.environ["BENCH_PAGE"] = str(home / "page.html")
        (home / "page.html").write_text(page, encoding="utf-8")
        with server("limit") as limit:
            cases = {"ours": partial(fetch, ours, session), "limit": partial(fetch, limit, session)}
            assert told(cases["ours"]()) == told(cases["limit"]())
            found = milliseconds(cases, options.rounds)
    detail = {"ours ms": found["ours"], "limit ms": found["limit"]}
    ratio = found["limit"] / found["ours"]
    return [Figure("behind granian, ours : limit", ratio, "×", 0.35, "high", detail)]


@contextmanager
def server(which: str) -> Iterator[HTTPConnection]:
    """granian as `make run` starts it, with one of bench.served."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port),
         "--http", "1", "--no-ws", "--no-log", "--factory", f"bench.served:{which}"],
        cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert wait_until(lambda: is_open(port), seconds=60), f"granian did not serve {which}"
        connection = HTTPConnection("127.0.0.1", port)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def fetch(connection: HTTPConnection, session: str) -> str:
    connection.request("GET", "/mid/leads/", headers={"Cookie": cookies_of(session)})
    answer = connection.getresponse()
    assert answer.status == 200
    take_cookies(session, answer.getheaders())
    return answer.read().decode()


def measure(options: Options) -> list[Figure]:
    """In this process first, then behind the server."""
    with tempfile.TemporaryDirectory(prefix="p04-") as folder:
        prepare(options, Path(folder))
        return [*in_process(options), *served(options, Path(folder))]


if __name__ == "__main__":
    harness.main("P4", "Pages", measure, rows=100_000)
