"""The application's processes: the same functions run them here and in containers."""

import gc
import importlib
import os
import signal

from crm.embedded.environment import read_place, read_secret_files
from crm.embedded.process import die_with_parent

WORKER_PROCESSES = 2


def _set_up(kind: str) -> None:
    """What a process needs when no supervisor set it, as in a container."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.production")
    os.environ.setdefault("PROCESS_KIND", kind)
    read_secret_files()


def web() -> int:
    """Serve pages and live streams until told to stop."""
    _set_up("web")
    from crm.embedded.web import serve  # noqa: PLC0415  (the environment comes first)

    serve(read_place())
    return 0


def worker() -> int:
    """Work off the queues."""
    _set_up("worker")
    from celery.signals import worker_init, worker_process_init  # noqa: PLC0415  (see above)

    from crm.celery import app  # noqa: PLC0415  (see above)

    worker_init.connect(_before_pool, weak=False)
    worker_process_init.connect(_end_with_worker, weak=False)
    started = app.Worker(
        pool_cls="prefork",
        concurrency=int(os.environ.get("WORKER_PROCESSES") or WORKER_PROCESSES),
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
    )
    started.start()
    return int(started.exitcode or 0)


def _before_pool(**_: object) -> None:
    """Take up what a killed worker left, then load all that the pool shares when it forks."""
    jobs = importlib.import_module("crm.jobs.services")
    if os.environ.get("ONLY_WORKER"):
        jobs.release_orphans()
        importlib.import_module("django.db").connections.close_all()
    gc.collect()
    gc.freeze()


def _end_with_worker(**_: object) -> None:
    """A pool process whose worker was killed must not work on alone."""
    die_with_parent(signal.SIGKILL, os.getppid())


def beat() -> int:
    """Start what is due by the clock. Exactly one of these runs in an installation."""
    _set_up("beat")
    from celery import Celery  # noqa: PLC0415  (see above)

    # It sends names, never runs them: without Django's models it needs half the memory.
    Celery.builtin_fixups = frozenset()
    from crm.celery import app  # noqa: PLC0415  (see above)

    schedule = read_place().data / "beat-schedule"
    app.Beat(loglevel="WARNING", schedule=str(schedule)).run()
    return 0


def health() -> int:
    """0 when the web process of this container answers."""
    import urllib.request  # noqa: PLC0415  (only this short command needs it)

    host = os.environ.get("ALLOWED_HOSTS", "localhost").partition(",")[0]
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"http://127.0.0.1:{read_place().port}/health/",
        headers={"Host": host, "X-Forwarded-Proto": "https"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - see above
        return 0 if answer.status == 200 else 1
