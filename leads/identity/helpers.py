"""Processes that do the steps of a search beside each other, fed and read through pipes.

Plain child processes: they work under a task queue's worker, hold no connection and no lock of
their parent's, and end with it. One thread of the parent feeds and reads them all, and does what
they have no time for.
"""

import gc
import os
import selectors
import signal
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from struct import Struct
from typing import Any, NoReturn, Protocol

from leads.identity.aliases import know_names, known_names
from leads.identity.duplicates import HelperLost

Step = Callable[[bytes], bytes]
HEAD = Struct("<BQ")  # a step or how it went, and how many bytes follow
DONE, FAILED = 0, 1
AHEAD = 2  # orders that a helper has at a time, so that it need not wait while we do one
PIPE = 1 << 20
_BEGIN = "from leads.identity.helpers import serve; serve()"


class HelperFailed(RuntimeError):
    """A step raised an error in a helper process; its traceback is the message."""


def _steps() -> tuple[Step, ...]:
    """Loaded when the helpers have been started: with numpy, which they load at the same time."""
    from leads.identity.steps import STEPS  # noqa: PLC0415

    return STEPS


class Workers(Protocol):
    """Whoever does a step for many tasks, with the answers in the order of the tasks."""

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        """The answers to the tasks."""

    def all(self, step: Step, task: bytes) -> None:
        """Have each process do a step of which nothing comes back: it is to know something."""


def own_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def workers(processes: int) -> Iterator[Workers]:
    """This process and helpers beside it, ended afterwards whatever happens."""
    helpers: _Helpers | _Here = _Helpers() if processes > 1 else _Here()
    try:
        helpers.start(processes - 1)
        yield helpers
    finally:
        helpers.close()


class _Here:
    def start(self, processes: int) -> None:
        """There are none."""

    def close(self) -> None:
        """There are none."""

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        for task in tasks:
            yield _done_here(step, task)

    def all(self, step: Step, task: bytes) -> None:
        _done_here(step, task)


class _Order:
    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer


class _Helper:
    """One process, what is to be written to it and what it owes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this very program again
            [sys.executable, "-c", _BEGIN],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment,
        )  # fmt: skip
        self.to, self.fro = _fileno(self.process.stdin), _fileno(self.process.stdout)
        self.outbox: deque[memoryview] = deque()
        self.inbox = bytearray()
        self.orders: deque[_Order] = deque()
        for pipe in (self.to, self.fro):
            os.set_blocking(pipe, False)
            _widen(pipe)

    def tell(self, known: bytes) -> None:
        """What it need not work out itself, before its first order."""
        self.outbox += memoryview(HEAD.pack(DONE, len(known))), memoryview(known)

    def give(self, step: int, task: bytes) -> _Order:
        self.outbox += memoryview(HEAD.pack(step, len(task))), memoryview(task)
        self.orders.append(_Order())
        return self.orders[-1]

    def write(self) -> None:
        """As much as the pipe takes."""
        with suppress(BlockingIOError):
            while self.outbox:
                try:
                    written = os.write(self.to, self.outbox[0])
                except BrokenPipeError:
                    self.lost()
                if written < len(self.outbox[0]):
                    self.outbox[0] = self.outbox[0][written:]
                else:
                    self.outbox.popleft()

    def read(self) -> None:
        """What the pipe has, and the orders that this completes."""
        with suppress(BlockingIOError):
            some = os.read(self.fro, PIPE)
            if not some:
                self.lost()
            self.inbox += some
        while len(self.inbox) >= HEAD.size:
            outcome, size = HEAD.unpack_from(self.inbox)
            end = HEAD.size + size
            if len(self.inbox) < end:
                return
            answer = bytes(memoryview(self.inbox)[HEAD.size : end])
            del self.inbox[:end]
            if outcome == FAILED:
                raise HelperFailed(answer.decode())
            self.orders.popleft().answer = answer

    def lost(self) -> NoReturn:
        code = self.process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise HelperLost(f"A helper process {how}; perhaps there was not enough memory.")


class _Helpers:
    def __init__(self) -> None:
        self.helpers: list[_Helper] = []
        self.selector = selectors.DefaultSelector()

    def start(self, processes: int) -> None:
        path = os.pathsep.join(path or os.getcwd() for path in sys.path)
        environment = {**os.environ, "PYTHONPATH": path}
        for _number in range(processes):
            helper = _Helper(environment)
            self.helpers.append(helper)
            self.selector.register(helper.fro, selectors.EVENT_READ, helper)
        from leads.identity.packing import dumps  # noqa: PLC0415 - while they start

        known = dumps(known_names())
        for helper in self.helpers:
            helper.tell(known)

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        number = _steps().index(step)
        orders: deque[_Order] = deque()
        for task in tasks:
            orders.append(self._give(number, task) or _Order(_done_here(step, task)))
            self._exchange(timeout=0)
            while orders and orders[0].answer is not None:
                yield orders.popleft().answer or b""
        while orders:
            while orders[0].answer is None:
                self._exchange(timeout=None)
            yield orders.popleft().answer or b""

    def all(self, step: Step, task: bytes) -> None:
        orders = [helper.give(_steps().index(step), task) for helper in self.helpers]
        self._exchange(timeout=0)
        _done_here(step, task)
        while any(order.answer is None for order in orders):
            self._exchange(timeout=None)

    def _give(self, number: int, task: bytes) -> _Order | None:
        """Hand the task to a helper, unless all have enough to do: then it is done here."""
        helper = min(self.helpers, key=lambda one: len(one.orders))
        if len(helper.orders) >= AHEAD:
            return None
        order = helper.give(number, task)
        helper.write()
        return order

    def _exchange(self, *, timeout: float | None) -> None:
        """Write and read what is possible; with no timeout wait until something is."""
        for helper in self.helpers:
            self._watch_writing(helper)
        for key, events in self.selector.select(timeout):
            if events & selectors.EVENT_WRITE:
                key.data.write()
            if events & selectors.EVENT_READ:
                key.data.read()

    def _watch_writing(self, helper: _Helper) -> None:
        is_watched = helper.to in self.selector.get_map()
        if helper.outbox and not is_watched:
            self.selector.register(helper.to, selectors.EVENT_WRITE, helper)
        elif is_watched and not helper.outbox:
            self.selector.unregister(helper.to)

    def close(self) -> None:
        """End the helpers, at work or not."""
        self.selector.close()
        for helper in self.helpers:
            helper.process.kill()
        for helper in self.helpers:
            for pipe in (helper.process.stdin, helper.process.stdout):
                if pipe is not None:
                    pipe.close()
            helper.process.wait()


def _done_here(step: Step, task: bytes) -> bytes:
    from leads.identity.steps import forget_names  # noqa: PLC0415

    with no_collecting():
        answer = step(task)
    forget_names()
    return answer


@contextmanager
def no_collecting() -> Iterator[None]:
    """No look for cycles, of which nothing here makes any: it would take a tenth of the time."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()


def _fileno(pipe: Any) -> int:
    return int(pipe.fileno())


def _widen(descriptor: int) -> None:
    """A pipe that holds a whole task, where the system allows it."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE)


def serve() -> None:
    """A helper's life: steps from standard input until it ends. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing here makes cycles, and looking for them takes a quarter of the time
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes elsewhere
    orders = sys.stdin.buffer
    from leads.identity.packing import loads  # noqa: PLC0415
    from leads.identity.steps import forget_names  # noqa: PLC0415

    with suppress(BrokenPipeError):
        if head := orders.read(HEAD.size):
            know_names(loads(orders.read(HEAD.unpack(head)[1])))
        while head := orders.read(HEAD.size):
            step, size = HEAD.unpack(head)
            outcome, answer = _done(step, orders.read(size))
            answers.write(HEAD.pack(outcome, len(answer)) + answer)
            answers.flush()
            forget_names()


def _done(step: int, task: bytes) -> tuple[int, bytes]:
    try:
        return DONE, _steps()[step](task)
    except Exception:  # noqa: BLE001 - the parent is to know, whatever it is
        return FAILED, traceback.format_exc().encode()
