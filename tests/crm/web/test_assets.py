"""Vendored files are the bytes we pinned; templates name only icons and files that exist."""

import re
from pathlib import Path

from crm.web.icons import has_icon
from crm.web.management.commands.refresh_vendor import changed_files

ROOT = Path(__file__).resolve().parents[3]


def test_vendored_files_match_the_manifest():
    assert changed_files() == []


def test_no_vendored_file_asks_for_a_source_map():
    for path in (ROOT / "static" / "vendor").rglob("*.*s"):
        assert b"sourceMappingURL=" not in path.read_bytes()[-300:]


def test_templates_name_known_icons():
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text()):
            assert has_icon(name), f"{path.name}: {name}"


def test_templates_name_static_files_that_exist():
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r"{% static '((?:src|vendor)/[^']+)'", path.read_text()):
            assert (ROOT / "static" / name).is_file(), f"{path.name}: {name}"


def test_components_document_their_props_on_the_first_line():
    for path in (ROOT / "templates" / "components").rglob("*.html"):
        assert path.read_text().startswith("{#"), path.name
