"""Fetch the pinned front-end packages again and check every file against the manifest."""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
PACKAGES = {
    "@tabler/core@1.6.1": {
        "dist/css/tabler.min.css": "tabler/tabler.min.css",
        "dist/js/tabler.min.js": "tabler/tabler.min.js",
    },
    "htmx.org@2.0.10": {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    "sortablejs@1.15.7": {
        "Sortable.min.js": "sortable/sortable.min.js",
        "LICENSE": "sortable/LICENSE",
    },
    "echarts@6.1.0": {
        "dist/echarts.common.min.js": "echarts/echarts.common.min.js",
        "LICENSE": "echarts/LICENSE",
        "NOTICE": "echarts/NOTICE",
    },
}
# The maps are not shipped, and the hashing storage would look for them.
SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=[^*]+\*/)\s*$")


def fetch(package: str, into: Path) -> Path:
    """Download one exact version from the npm registry."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), package]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  fixed list
    return into / done.stdout.strip().splitlines()[-1].removeprefix("@").replace("/", "-")


def extract(archive: Path, wanted: dict[str, str]) -> dict[str, str]:
    """Write the wanted files below static/vendor; return their digests."""
    digests = {}
    with tarfile.open(archive) as tar:
        for source, target in wanted.items():
            member = tar.extractfile(f"package/{source}")
            if member is None:
                raise CommandError(f"{archive.name} has no {source}")
            data = SOURCE_MAP.sub(b"", member.read()) + b"\n"
            path = VENDOR / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            digests[target] = hashlib.sha256(data).hexdigest()
    return digests


def changed_files() -> list[str]:
    """Vendored files whose bytes differ from the manifest."""
    known = json.loads(MANIFEST.read_text())
    return [
        name
        for files in known.values()
        for name, digest in files.items()
        if hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != digest
    ]


class Command(BaseCommand):
    """Refresh static/vendor from npm; a digest that differs is an error unless --write."""

    help = "Fetch the pinned front-end packages and check them against static/vendor/manifest.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="accept the new digests")

    def handle(self, *args: Any, **options: Any) -> None:
        fresh = {}
        with tempfile.TemporaryDirectory() as folder:
            for package, wanted in PACKAGES.items():
                fresh[package] = extract(fetch(package, Path(folder)), wanted)
        if options["write"]:
            MANIFEST.write_text(json.dumps(fresh, indent=2) + "\n")
        elif fresh != json.loads(MANIFEST.read_text()):
            raise CommandError("vendored files differ from manifest.json")
