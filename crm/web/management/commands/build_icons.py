"""Write crm/web/icon_paths.py from the Tabler icons named in crm/web/icon_names.txt."""

import json
import re
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.web.management.commands.refresh_vendor import fetch

WEB = Path(__file__).resolve().parents[2]
PACKAGE = "@tabler/icons@3.51.0"
HEADER = '''"""Shapes of the icons in use, from {package} (MIT). Made by `manage.py build_icons`."""

# ruff: noqa: E501
ICON_PATHS: dict[str, str] = {{
'''


def shape(svg: str) -> str:
    """The drawing inside one icon file, without the empty background square."""
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if inner is None:
        raise CommandError("not an icon")
    parts = [part.strip() for part in inner.group(1).splitlines() if part.strip()]
    return "".join(part.replace(" />", "/>") for part in parts if 'stroke="none"' not in part)


class Command(BaseCommand):
    """Rebuild the table of icon shapes."""

    help = "Write crm/web/icon_paths.py from the names in crm/web/icon_names.txt."

    def handle(self, *args: Any, **options: Any) -> None:
        names = (WEB / "icon_names.txt").read_text().split()
        lines = []
        with (
            tempfile.TemporaryDirectory() as folder,
            tarfile.open(fetch(PACKAGE, Path(folder))) as tar,
        ):
            known = set(tar.getnames())
            for name in sorted(set(names)):
                path = f"package/icons/outline/{name}.svg"
                if path not in known:
                    raise CommandError(f"no icon {name}")
                member = tar.extractfile(path)
                svg = member.read().decode() if member else ""
                lines.append(f"    {json.dumps(name)}: {shape(svg)!r},")
        body = "\n".join(lines)
        (WEB / "icon_paths.py").write_text(HEADER.format(package=PACKAGE) + body + "\n}\n")
