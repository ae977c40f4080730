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
from importlib import import_module
from struct import Struct
from typing import Any, NoReturn, Protocol, cast

from leads.identity.aliases import know_names, known_names
from leads.identity.duplicates import HelperLost
from leads.identity.plain import dumps, loads

Step = Callable[[bytes], bytes]
HEAD = Struct("<BQ")  # a step or how it went, and how many bytes follow
DONE, FAILED = 0, 1
AHEAD = 2  # orders that a helper has at a time, so that it need not wait while we do one
PIPE = 1 << 20
SEARCH = "leads.identity.steps"
_BEGIN = "import sys; from leads.identity.helpers import serve; serve(sys.argv[1])"


class HelperFailed(RuntimeError):
    """A step raised an error in a helper process; its traceback is the message."""


class Steps(Protocol):
    """A module of steps: what helpers can do, and what they forget after each order."""

    STEPS: tuple[Step, ...]

    def forget_names(self) -> None:
        """Let go of what was remembered for one order."""


def _steps(module: str) -> Steps:
    """Loaded when the helpers have been started: with numpy, which they load at the same time."""
    return cast("Steps", import_module(module))


class Workers(Protocol):
    """Whoever does a step for many tasks, with the answers in the order of the tasks."""

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        """The answers to the tasks."""

    def steadily(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        """The same for answers that are used as they come: helpers have work meanwhile, none is
        done here while there are any, and no more tasks are taken than they have at a time."""

    def all(self, step: Step, task: bytes) -> None:
        """Have each process do a step of which nothing comes back: it is to know something."""


def own_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def workers(processes: int, steps: str = SEARCH) -> Iterator[Workers]:
    """This process and helpers beside it, ended afterwards whatever happens."""
    helpers: _Helpers | _Here = _Helpers(steps) if processes > 1 else _Here(steps)
    try:
        helpers.start(processes - 1)
        yield helpers
    finally:
        helpers.close()


class _Here:
    def __init__(self, steps: str) -> None:
        self.steps = steps

    def start(self, processes: int) -> None:
        """There are none."""

    def close(self) -> None:
        """There are none."""

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        for task in tasks:
            yield _done_here(_steps(self.steps), step, task)

    steadily = each

    def all(self, step: Step, task: bytes) -> None:
        _done_here(_steps(self.steps), step, task)


class _Order:
    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer


class _Helper:
    """One process, what is to be written to it and what it owes."""

    def __init__(self, environment: dict[str, str], steps: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this very program again
            [sys.executable, "-c", _BEGIN, steps],
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
    def __init__(self, steps: str) -> None:
        self.steps = steps
        self.helpers: list[_Helper] = []
        self.selector = selectors.DefaultSelector()

    def start(self, processes: int) -> None:
        path = os.pathsep.join(path or os.getcwd() for path in sys.path)
        environment = {**os.environ, "PYTHONPATH": path}
        for _number in range(processes):
            helper = _Helper(environment, self.steps)
            self.helpers.append(helper)
            self.selector.register(helper.fro, selectors.EVENT_READ, helper)
        known = dumps(known_names())
        for helper in self.helpers:
            helper.tell(known)

    def each(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        orders: deque[_Order] = deque()
        for task in tasks:
            orders.append(self._ordered(step, task))
            while orders and orders[0].answer is not None:
                yield orders.popleft().answer or b""
        while orders:
            yield self._answer(orders.popleft())

    def steadily(self, step: Step, tasks: Iterable[bytes]) -> Iterator[bytes]:
        number, orders = _steps(self.steps).STEPS.index(step), deque[_Order]()
        for task in tasks:
            while (order := self._give(number, task)) is None:
                yield self._answer(orders.popleft())
            orders.append(order)
        while orders:
            yield self._answer(orders.popleft())

    def _ordered(self, step: Step, task: bytes) -> _Order:
        module = _steps(self.steps)
        order = self._give(module.STEPS.index(step), task)
        if order is None:
            order = _Order(_done_here(module, step, task))
        self._exchange(timeout=0)
        return order

    def _answer(self, order: _Order) -> bytes:
        while order.answer is None:
            self._exchange(timeout=None)
        return order.answer

    def all(self, step: Step, task: bytes) -> None:
        module = _steps(self.steps)
        orders = [helper.give(module.STEPS.index(step), task) for helper in self.helpers]
        self._exchange(timeout=0)
        _done_here(module, step, task)
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


def _done_here(module: Steps, step: Step, task: bytes) -> bytes:
    with no_collecting():
        answer = step(task)
    module.forget_names()
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


def serve(steps: str) -> None:
    """A helper's life: steps from standard input until it ends. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing here makes cycles, and looking for them takes a quarter of the time
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes elsewhere
    orders = sys.stdin.buffer
    module = _steps(steps)
    with suppress(BrokenPipeError):
        if head := orders.read(HEAD.size):
            know_names(loads(orders.read(HEAD.unpack(head)[1])))
        while head := orders.read(HEAD.size):
            step, size = HEAD.unpack(head)
            outcome, answer = _done(module.STEPS[step], orders.read(size))
            answers.write(HEAD.pack(outcome, len(answer)) + answer)
            answers.flush()
            module.forget_names()


def _done(step: Step, task: bytes) -> tuple[int, bytes]:
    try:
        return DONE, step(task)
    except Exception:  # noqa: BLE001 - the parent is to know, whatever it is
        return FAILED, traceback.format_exc().encode()
