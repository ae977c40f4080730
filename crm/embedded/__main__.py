"""`python -m crm.embedded COMMAND`: the same entry commands on one machine and in containers.

run         everything on this machine: servers, schema, demo data, web, worker, scheduler
stop        end the installation that runs on DATA_DIR
migrate     roles, schema, catalogues, static files (alias: prepare)
web         pages and live streams
worker      background jobs
beat        what is due by the clock; exactly one
catalogues  compile the translations, while an image is built
health      0 when the web process of this machine answers
"""

import sys
from collections.abc import Callable
from pathlib import Path


def _run(*arguments: str) -> int:
    from crm.embedded import supervisor  # noqa: PLC0415  (each command loads only its own parts)

    return supervisor.run(with_parent="--with-parent" in arguments)


def _stop() -> int:
    from crm.embedded import environment, supervisor  # noqa: PLC0415  (see above)

    return supervisor.stop_running(environment.read_place())


def _prepare() -> int:
    from crm.embedded import prepare  # noqa: PLC0415  (see above)

    return prepare.prepare()


def _catalogues() -> int:
    from crm.embedded import prepare  # noqa: PLC0415  (see above)

    prepare.compile_messages()
    return 0


def _service(name: str) -> Callable[[], int]:
    def start() -> int:
        from crm.embedded import services  # noqa: PLC0415  (see above)

        function: Callable[[], int] = getattr(services, name)
        return function()

    return start


def _keep_test_services(home: str) -> int:
    from crm.embedded import testing  # noqa: PLC0415  (see above)

    testing.keep(Path(home))
    return 0


COMMANDS: dict[str, Callable[..., int]] = {
    "run": _run,
    "stop": _stop,
    "migrate": _prepare,
    "prepare": _prepare,
    "web": _service("web"),
    "worker": _service("worker"),
    "beat": _service("beat"),
    "catalogues": _catalogues,
    "health": _service("health"),
    "keep-test-services": _keep_test_services,
}


def main(arguments: list[str]) -> int:
    """Run one command."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        print(__doc__)
        return 2
    return command(*arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
