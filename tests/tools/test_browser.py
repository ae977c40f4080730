"""The test command brings the browser and the font it needs, or says what to do."""

import shutil
import stat
from pathlib import Path

import pytest

from tools import browser


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Chromium, whose apt-get puts one on PATH."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("cp", "sh", "chmod"):
        (tmp_path / name).symlink_to(shutil.which(name, path="/usr/bin:/bin") or name)
    return tmp_path


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_a_named_browser_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert browser.ensure_browser() == "/opt/chromium"


def test_without_apt_the_message_says_what_to_do(no_browser: Path) -> None:
    with pytest.raises(browser.NoBrowser, match="apt-get install chromium"):
        browser.ensure_browser()


def test_without_root_nothing_is_installed(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(no_browser / "apt-get", "exit 0")
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    with pytest.raises(browser.NoBrowser, match="without being root"):
        browser.ensure_browser()


def test_root_updates_the_lists_and_installs(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = no_browser / "log"
    install = f'echo "$@" >> {log}; cp {no_browser}/sh {no_browser}/chromium'
    script(no_browser / "apt-get", install)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)

    assert browser.ensure_browser() == str(no_browser / "chromium")
    assert log.read_text().splitlines()[0].startswith("update")


def test_a_failing_installation_shows_why(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(no_browser / "apt-get", "echo no network >&2; exit 100")
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    with pytest.raises(browser.NoBrowser, match="no network"):
        browser.ensure_browser()


def test_the_packaged_font_is_used_where_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "has_chinese_font", lambda: False)
    told = browser.font_environment(tmp_path)
    text = Path(told["FONTCONFIG_FILE"]).read_text()

    assert "manimgx_fonts_cjk" in text
    monkeypatch.setattr(browser, "has_chinese_font", lambda: True)
    assert browser.font_environment(tmp_path) == {}
