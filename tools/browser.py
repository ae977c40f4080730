"""A browser and a Chinese font for the tests, installed if the machine has none."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = """No Chromium was found, and it cannot be installed here without being root.
Install it (Debian and Ubuntu: apt-get install chromium), or name one: CHROMIUM=/path make test"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


class NoBrowser(Exception):
    """The browser tests cannot run on this machine; the message says what to do."""


def find_browser() -> str:
    """The browser named by CHROMIUM, or the first one on PATH."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for path in map(shutil.which, NAMES) if path), "")


def ensure_browser() -> str:
    """Find Chromium, or install it where apt may be used."""
    if path := find_browser():
        return path
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoBrowser(ADVICE)
    print("Installing Chromium for the browser tests (once) …", flush=True)
    for command in (
        [apt, "update", "-qq"],
        [apt, "install", "-qq", "-y", "--no-install-recommends", "chromium"],
    ):
        _run_quietly(command)
    if path := find_browser():
        return path
    raise NoBrowser(ADVICE)


def _run_quietly(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        output = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise NoBrowser(f"{' '.join(command)} failed:\n{output}\n\n{ADVICE}")


def has_chinese_font() -> bool:
    """Whether the machine can draw Chinese by itself."""
    tool = shutil.which("fc-list")
    if tool is None:
        return False
    found = subprocess.run([tool, ":lang=zh-cn"], capture_output=True, check=False)  # noqa: S603 - our own command
    return bool(found.stdout.strip())


def font_environment(folder: Path) -> dict[str, str]:
    """Point fontconfig at the font that comes as a Python package, if there is no other."""
    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    if has_chinese_font() or spec is None or not spec.submodule_search_locations:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    fonts = Path(next(iter(spec.submodule_search_locations)))
    path = folder / "fonts.conf"
    path.write_text(FONTS.format(folder=fonts, cache=folder / "fontconfig"))
    return {"FONTCONFIG_FILE": str(path)}
