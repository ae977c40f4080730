"""A search shared out to helper processes: the same answer, and no waiting for the dead."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice, product
from pathlib import Path

import pytest

from leads.identity import (
    DuplicatePair,
    HelperLost,
    Identity,
    batches,
    duplicates,
    find_duplicates,
    helpers,
    steps,
)

ROOT = Path(__file__).resolve().parents[3]
BRANDS = ("华信", "华鑫", "中科蓝天", "中科兰天", "大江", "Huaxin", "西门子")
TRADES = ("科技", "软件", "贸易", "")
PLACES = ("上海", "杭州", "浙江", "", "中国", "北京市")
FORMS = ("有限公司", "集团有限公司", "", "（原大江贸易有限公司）")


def records(count: int) -> list[Identity]:
    names = (f"{place}{brand}{trade}{form}"
             for form, place, brand, trade in product(FORMS, PLACES, BRANDS, TRADES))  # fmt: skip
    return [
        Identity(
            number,
            company=name,
            person=("王伟", "")[number % 2],
            phones=(f"1380013{number % 90:04d}",) if number % 3 else (),
            emails=(f"li{number % 40}@huaxin{number % 7}.cn",) if number % 5 == 0 else (),
            address="上海市南京路100号3楼" if number % 11 == 0 else "",
            region="浙江" if number % 13 == 0 else "",
        )
        for number, name in enumerate(islice(names, count))
    ]


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "READ", 50)
    monkeypatch.setattr(batches, "CHUNK", 50)


def found(given: list[Identity], processes: int | None) -> list[DuplicatePair]:
    return list(find_duplicates(given, processes=processes))


@pytest.mark.usefixtures("small_tasks")
@pytest.mark.parametrize("processes", [2, 3])
def test_any_number_of_processes_finds_the_same(processes: int) -> None:
    given = records(400)
    alone = found(given, 1)
    assert len(alone) > 400
    assert found(given, processes) == alone


@pytest.mark.usefixtures("small_tasks")
def test_many_records_start_helpers_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    start = helpers._Helpers.start

    def counted(self: helpers._Helpers, processes: int) -> None:
        started.append(processes)
        start(self, processes)

    monkeypatch.setattr(helpers._Helpers, "start", counted)
    monkeypatch.setattr(helpers, "own_cores", lambda: 2)
    monkeypatch.setattr(duplicates, "MANY", 100)
    given = records(120)
    assert found(given[:90], None)
    assert started == []
    assert found(given, None) == found(given, 1)
    assert started == [1]  # beside this one


@pytest.mark.usefixtures("small_tasks")
def test_one_core_needs_no_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "_Helpers", None)
    monkeypatch.setattr(helpers, "own_cores", lambda: 1)
    monkeypatch.setattr(duplicates, "MANY", 100)
    assert found(records(120), None)


@pytest.mark.usefixtures("small_tasks")
@pytest.mark.parametrize("after", [0, 6])
def test_a_killed_helper_is_told_and_ends_the_search(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    made: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*args: object, **options: object) -> subprocess.Popen[bytes]:
        made.append(popen(*args, **options))  # type: ignore[call-overload]
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", start)

    def read() -> Iterator[Identity]:
        for number, record in enumerate(records(600)):
            if number == after * 50:
                made[0].send_signal(signal.SIGKILL)
            yield record

    monkeypatch.setattr(duplicates, "MANY", 0)
    with pytest.raises(HelperLost, match="signal 9"):
        list(find_duplicates(read(), processes=2))
    assert all(process.poll() is not None for process in made)


@pytest.mark.usefixtures("small_tasks")
def test_who_stops_listening_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[helpers._Helper] = []
    write = helpers._Helper.write

    def noted(self: helpers._Helper) -> None:
        made.append(self)
        write(self)

    monkeypatch.setattr(helpers._Helper, "write", noted)
    search = find_duplicates(records(300), processes=2)
    assert next(iter(search))
    search.close()  # type: ignore[attr-defined]
    assert made
    assert all(helper.process.poll() is not None for helper in made)


def test_an_error_in_a_helper_comes_with_its_traceback() -> None:
    with helpers.workers(2) as own, pytest.raises(helpers.HelperFailed, match="EOFError"):
        list(own.each(steps.normalise, [b""]))


def test_works_beside_threads_and_in_a_daemon_process() -> None:
    """Under a task queue a worker is daemonic, and may have threads."""
    code = (
        "import multiprocessing, sys\n"
        "from tests.leads.identity.test_helpers import found, records\n"
        "def work(): sys.exit(0 if found(records(60), 2) == found(records(60), 1) else 3)\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('fork').Process(target=work, daemon=True)\n"
        "    child.start(); child.join(30); sys.exit(child.exitcode)\n"
    )
    answers: list[bool] = []
    thread = threading.Thread(
        target=lambda: answers.append(found(records(60), 2) == found(records(60), 1))
    )
    thread.start()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=False)
    thread.join(30)
    assert (done.returncode, answers) == (0, [True])


class Word(StrEnum):
    FIRM = "上海华信科技有限公司"


def test_texts_that_are_more_than_text_are_read_as_text() -> None:
    pairs = found([Identity(1, company=Word.FIRM), Identity(2, company=Word.FIRM.value)], 1)
    assert [(pair.left.id, pair.right.id) for pair in pairs] == [(1, 2)]
