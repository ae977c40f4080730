"""Message catalogues without the gettext programs: extraction, filling, compiling in Python.

English is written in the code; locale/zh_Hans holds the Chinese. `manage.py messages` keeps the
catalogue in step with the code, and `--check` fails on anything missing, stale or fuzzy.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("crm", "leads", "orders", "payments", "reports", "templates")
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
# Signs that no translation uses, and what stands for them: readers are addressed one way only.
NOT_WRITTEN = {"你": "您"}
# A message's identity: its context and its (singular) text.
Key = tuple[str | None, str]


def source_files() -> Iterator[Path]:
    """Every Python file and template that may hold messages, in a stable order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            is_source = path.suffix in {".py", ".html", ".txt"}
            if is_source and "migrations" not in path.parts:
                yield path


def as_python(path: Path) -> bytes:
    """The file as something the Python extractor can read; templates become calls."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    from django.utils.translation.template import templatize  # noqa: PLC0415

    calls = templatize(text, origin=str(path))
    return "\n".join(line.strip() for line in calls.splitlines()).encode()


def extract_messages() -> Catalog:
    """A catalogue of everything the code says, without translations."""
    found = Catalog(domain="django", charset="utf-8", creation_date=NEVER, revision_date=NEVER)
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, context in extract(
            "python", BytesIO(as_python(path)), keywords=KEYWORDS
        ):
            found.add(message, locations=[(name, 1)], context=context)
    return found


def key_of(message: Message) -> Key:
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return message.context, text


def load_catalogue() -> Catalog:
    """The catalogue as committed; empty where there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale="zh_Hans", domain="django")
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh_Hans", domain="django")


def translations_of(catalogue: Catalog) -> dict[Key, str]:
    """The Chinese sentence of every translated message."""
    known: dict[Key, str] = {}
    for message in catalogue:
        text = message.string[0] if isinstance(message.string, list | tuple) else message.string
        if message.id and text and not message.fuzzy:
            known[key_of(message)] = text
    return known


def read_fillings(folder: Path) -> dict[Key, str]:
    """Translations from JSON files: {"text" or "context\\u0004text": "译文"}."""
    found: dict[Key, str] = {}
    for path in sorted(folder.glob("*.json")):
        for written, translation in json.loads(path.read_text(encoding="utf-8")).items():
            context, separator, text = written.rpartition("\x04")
            found[(context if separator else None, text)] = translation
    return found


def build(fillings: dict[Key, str]) -> Catalog:
    """The catalogue in step with the code: known translations, then the fillings."""
    known = fillings | translations_of(load_catalogue())
    fresh = Catalog(
        locale="zh_Hans",
        domain="django",
        header_comment="# Tongzhou 同舟: Simplified Chinese.",
        project="Tongzhou",
        version="1",
        last_translator="Tongzhou",
        language_team="Tongzhou",
        msgid_bugs_address="Tongzhou",
        charset="utf-8",
        creation_date=NEVER,
        revision_date=NEVER,
        fuzzy=False,
    )
    for message in sorted(extract_messages(), key=lambda m: (key_of(m)[1], key_of(m)[0] or "")):
        if not message.id:
            continue
        text = known.get(key_of(message), "")
        is_plural = isinstance(message.id, list | tuple)
        fresh.add(
            message.id,
            (text,) if is_plural else text,
            locations=sorted(set(message.locations)),
            flags=message.flags - {"fuzzy"},
            context=message.context,
        )
    return fresh


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as the file that is committed."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=0, include_lineno=False, sort_output=False)
    return buffer.getvalue()


def save(catalogue: Catalog) -> None:
    """Write the catalogue and its compiled form."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(as_text(catalogue))
    compile_catalogue()


def untranslated(catalogue: Catalog) -> list[Key]:
    """The messages that have no Chinese."""
    return [
        key_of(m)
        for m in catalogue
        if m.id and not (m.string[0] if isinstance(m.string, list | tuple) else m.string)
    ]


def compile_catalogue() -> None:
    """Make the .mo file when it is missing or older than the .po; safe to call at any time."""
    target = CATALOGUE.with_suffix(".mo")
    if not CATALOGUE.exists() or (
        target.exists() and target.stat().st_mtime_ns >= CATALOGUE.stat().st_mtime_ns
    ):
        return
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft:
        write_mo(draft, load_catalogue())
    os.chmod(draft.name, 0o644)
    os.replace(draft.name, target)
