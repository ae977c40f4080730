"""The first command: stamps that let it skip, fallbacks, and messages that say what to do."""

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path) -> ModuleType:
    """The script, working in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.VENV = tmp_path, tmp_path / ".venv"
    module.PYTHON, module.LOG = module.VENV / "bin" / "python", module.VENV / "install.log"
    for name in (module.INSTALLER, module.USERS, module.DEVELOPERS):
        (tmp_path / name).write_text(f"{name}==1")
    return module


def install_nothing(module: ModuleType, *, failing: str = "never") -> list[str]:
    """Commands are noted instead of run; those with a certain word in them fail."""
    ran: list[str] = []

    def succeeds(command: list[str]) -> bool:
        ran.append(" ".join(command))
        if "venv" in command:
            module.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            module.PYTHON.touch()
        return failing not in command[1:] and not command[0].endswith(f"/{failing}")

    module.succeeds = succeeds
    return ran


def test_it_imports_nothing_that_a_fresh_machine_has_not() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text())
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_second_start_installs_nothing(bootstrap: ModuleType) -> None:
    ran = install_nothing(bootstrap)
    bootstrap.set_up(bootstrap.USERS)
    first = len(ran)
    bootstrap.set_up(bootstrap.USERS)

    assert first > 0
    assert len(ran) == first


def test_a_changed_lock_installs_again(bootstrap: ModuleType, tmp_path: Path) -> None:
    ran = install_nothing(bootstrap)
    bootstrap.set_up(bootstrap.USERS)
    first = len(ran)
    (tmp_path / bootstrap.USERS).write_text("django==6")
    bootstrap.set_up(bootstrap.USERS)

    assert len(ran) > first


def test_the_developers_packages_are_enough_for_users(bootstrap: ModuleType) -> None:
    ran = install_nothing(bootstrap)
    bootstrap.set_up(bootstrap.DEVELOPERS)
    first = len(ran)
    bootstrap.set_up(bootstrap.USERS)

    assert len(ran) == first


def test_without_uv_pip_installs_the_same_hashes(bootstrap: ModuleType) -> None:
    ran = install_nothing(bootstrap, failing=bootstrap.INSTALLER)
    bootstrap.set_up(bootstrap.USERS)

    assert "-m pip install --require-hashes -r requirements.txt" in ran[-1]


def test_without_the_venv_module_the_package_is_named(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    install_nothing(bootstrap, failing="venv")
    with pytest.raises(SystemExit):
        bootstrap.set_up(bootstrap.USERS)

    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert not bootstrap.VENV.exists()


def test_an_old_python_without_a_newer_one_is_refused(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemExit):
        bootstrap.find_newer_python()

    assert "3.11 or newer is needed; this is 3.9" in capsys.readouterr().err
