"""granian with our application, and a word to open streams before it ends."""

import os
import signal
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.server.mp import MPServer

from crm.embedded.environment import Place
from crm.embedded.process import die_with_parent

BYE = "live:bye"


class WebServer(MPServer):
    """granian, but open live streams are asked to end first, so that nobody waits for them."""

    def shutdown(self, exit_code: int = 0) -> None:
        """Say goodbye, then stop the workers."""
        say_bye()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]  # granian is untyped


def say_bye() -> None:
    """Tell every live stream to close; without a broker the kill timeout ends them."""
    import redis  # noqa: PLC0415  (loaded on the way out only)

    url = os.environ.get("REDIS_URL", "")
    try:
        redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1).publish(BYE, "1")
    except (redis.RedisError, ValueError, OSError):
        return


def serve(place: Place) -> None:
    """Listen on the chosen address until a signal comes."""
    server = WebServer(
        "crm.embedded.web:load_application",
        factory=True,
        address=place.host,
        port=place.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        loop=Loops.uvloop,
        websockets=False,
        workers=int(os.environ.get("WEB_PROCESSES") or 1),
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        respawn_interval=0.5,
    )
    server.serve()


def load_application() -> Any:
    """The application of one web process, which ends with its server however that ends."""
    die_with_parent(signal.SIGKILL, os.getppid())
    from crm.asgi import application  # noqa: PLC0415  (loads Django)

    return application
