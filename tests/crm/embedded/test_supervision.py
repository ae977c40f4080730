"""How the supervisor notices, waits and starts again; what the next start may skip."""

import os
import subprocess
import time
from pathlib import Path

from crm.embedded.fingerprint import fingerprint, is_prepared
from crm.embedded.process import CommandFailed, is_alive, last_words, run, spawn, stop, wait_until
from crm.embedded.supervisor import Watched


def dying(log: Path) -> subprocess.Popen[bytes]:
    process = spawn(["false"], log=log)
    process.wait()
    return process


def test_each_fault_makes_the_pause_longer_up_to_a_limit(tmp_path: Path) -> None:
    watched = Watched("web", lambda: dying(tmp_path / "log"), tmp_path / "log")
    pauses = []
    for _ in range(12):
        watched.process = dying(tmp_path / "log")
        before = time.monotonic()
        watched.look()
        pauses.append(round(watched.due - before, 1))

    assert pauses == sorted(pauses)
    assert pauses[1:4] == [0.5, 1.0, 2.0]
    assert pauses[-1] == 30


def test_old_faults_are_forgotten(tmp_path: Path) -> None:
    watched = Watched("web", lambda: dying(tmp_path / "log"), tmp_path / "log")
    watched.faults = [time.monotonic() - 400] * 10
    watched.process = dying(tmp_path / "log")
    watched.look()

    assert len(watched.faults) == 1


def test_a_server_that_cannot_start_is_tried_again(tmp_path: Path) -> None:
    def refuse() -> subprocess.Popen[bytes]:
        raise CommandFailed("no room")

    watched = Watched("Valkey", refuse, tmp_path / "log")
    watched.look()

    assert watched.process is None
    assert watched.due > time.monotonic()


def test_a_failing_step_shows_where_its_log_is_and_how_it_ends(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    try:
        run(["sh", "-c", "seq 100; exit 3"], log=log)
    except CommandFailed as error:
        said = str(error)

    assert "sh failed with code 3" in said
    assert str(log) in said
    assert said.endswith("  99\n  100")
    assert "\n  80\n" not in said
    assert last_words(tmp_path / "none") == f"(no log at {tmp_path / 'none'})"


def test_a_program_that_will_not_listen_is_killed_with_its_children(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 60 & echo $! > child; wait; sleep 60"
    process = spawn(["sh", "-c", script], log=tmp_path / "log", cwd=tmp_path)
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text().strip():
        time.sleep(0.01)
    stop(process, patience=0.2)
    child = int((tmp_path / "child").read_text())

    assert process.returncode == -9
    assert wait_until(lambda: not is_alive(child), seconds=30)


def project(root: Path) -> Path:
    (root / "crm").mkdir()
    (root / "crm" / "models.py").write_text("one")
    (root / "requirements.txt").write_text("django")
    return root


def test_a_changed_file_or_choice_calls_for_preparation(tmp_path: Path) -> None:
    root = project(tmp_path)
    first = fingerprint(root, "data")
    mark = tmp_path / "mark"
    mark.write_text(first)
    (root / "crm" / "models.pyc").write_text("compiled")

    assert is_prepared(mark, fingerprint(root, "data"))
    assert not is_prepared(mark, fingerprint(root, "other data"))
    os.utime(root / "crm" / "models.py", (1, 1))
    assert not is_prepared(mark, fingerprint(root, "data"))
    assert not is_prepared(tmp_path / "no mark", first)
