"""`manage.py find_duplicates FILE`: mark the duplicates of a table before it is imported."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.tabular import Table, UnreadableTable, write_marked_csv, write_marked_xlsx
from leads.identity import HelperLost, TooManyRecords
from leads.selectors.imports_words import file_problem_words
from leads.services.cleaning import FIELDS, Cleaned, UnknownColumn, clean
from leads.services.imports_files import error_of, table_of
from leads.words import reason_words

EVERY = 5_000


class Command(BaseCommand):
    help = (
        "Find duplicates within a CSV or workbook and write a marked copy beside it. "
        "The database is not touched."
    )
    requires_system_checks = ()
    is_line_open = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="CSV, TSV, XLSX, XLS or HTML table, in any encoding")
        parser.add_argument("--out", help="marked copy; .csv or .xlsx (default: FILE-marked)")
        parser.add_argument(
            "--sheet",
            help="the sheet of a workbook (default: the first that names companies or people)",
        )
        parser.add_argument(
            "--columns",
            help=f"which column holds what, over the guess: company_name=客户,phone=电话. "
            f"Fields: {', '.join(FIELDS)}",
        )
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument(
            "--processes", type=int, help="work beside each other (default: one per core, up to 4)"
        )
        parser.add_argument("--overwrite", action="store_true", help="replace an existing copy")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or settings.LANGUAGE_CODE):
            try:
                self.clean(options)
            except CommandError:
                self.end_progress()
                raise
            except KeyboardInterrupt:
                self.end_progress()
                raise CommandError(_("Stopped; nothing was written."), returncode=130) from None
            except OSError as problem:
                self.end_progress()
                words = _("Not done: %(problem)s. Nothing was written.")
                raise CommandError(words % {"problem": problem.strerror or problem}) from problem

    def clean(self, options: dict[str, Any]) -> None:
        """Read, compare, write; anything wrong is told in one sentence."""
        source, started = Path(options["file"]), monotonic()
        if not source.is_file():
            raise CommandError(_("There is no file %(name)s.") % {"name": source})
        target = self.target_of(source, options)
        try:
            table = table_of(str(source), str(source), sheet=options["sheet"])
            found = clean(
                table,
                columns=chosen(options["columns"]),
                progress=self.progress,
                processes=options["processes"],
            )
        except UnreadableTable as problem:
            raise CommandError(file_problem_words(error_of(problem))) from problem
        except UnknownColumn as problem:
            raise CommandError(
                _("No “%(wanted)s” here. There is: %(known)s.")
                % {"wanted": problem.wanted, "known": listed(problem.known)}
            ) from problem
        except HelperLost as problem:
            raise CommandError(
                _("A helper process was stopped, perhaps for want of memory. Try --processes 1.")
            ) from problem
        except TooManyRecords as problem:
            raise CommandError(
                _("The file has too many rows to compare at once. Divide it, by province perhaps.")
            ) from problem
        if not found.mapping:
            words = _("No column says who a row is about. Name them with --columns.")
            raise CommandError(" ".join((words, sheet_words(table))).strip())
        if not found.rows:
            words = file_problem_words({"code": "no_rows"})
            raise CommandError(" ".join((words, sheet_words(table))).strip())
        write(found, target)
        self.end_progress()
        self.stdout.write(told(found, target, monotonic() - started))
        if words := sheet_words(table):
            self.stdout.write(words)

    def target_of(self, source: Path, options: dict[str, Any]) -> Path:
        """Where the marked copy goes; never over the file itself."""
        suffix = ".csv" if source.suffix.lower() in (".csv", ".tsv", ".txt") else ".xlsx"
        target = Path(options["out"] or source.with_name(f"{source.stem}-marked{suffix}"))
        if target.suffix.lower() not in (".csv", ".xlsx"):
            raise CommandError(_("The copy can be .csv or .xlsx."))
        if target.resolve() == source.resolve():
            raise CommandError(_("The copy cannot replace the file itself."))
        if not target.parent.is_dir():
            raise CommandError(_("There is no folder %(name)s.") % {"name": target.parent})
        if target.exists() and not options["overwrite"]:
            raise CommandError(_("%(name)s is there already.") % {"name": target})
        return target

    def progress(self, stage: str, count: int) -> None:
        """A line on stderr that keeps being rewritten."""
        if count % EVERY == 0:
            words = _("Reading row %(count)s") if stage == "read" else _("Comparing row %(count)s")
            self.stderr.write(f"\r{words % {'count': f'{count:,}'}}", ending="")
            sys.stderr.flush()
            self.is_line_open = True

    def end_progress(self) -> None:
        """What follows begins on a line of its own."""
        if self.is_line_open:
            self.stderr.write("")
        self.is_line_open = False


def chosen(text: str | None) -> dict[str, str]:
    """`company_name=客户,phone=电话` as field → column."""
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    if any(not mark or not column.strip() for _name, mark, column in pairs):
        raise CommandError(_("--columns wants field=column, with commas between."))
    return {name.strip(): column.strip() for name, _mark, column in pairs}


def write(found: Cleaned, target: Path) -> None:
    """The rows as they came, with five columns more."""
    width = max(len(found.table.header), *(len(row.cells) for row in found.rows), 0)
    header = [*found.table.header, *[""] * (width - len(found.table.header))]
    header += [_("Cluster"), _("Verdict"), _("Score"), _("Duplicate of row")]
    rows = (marks(found, row.number, row.cells, width) for row in found.rows)
    write_file = write_marked_xlsx if target.suffix.lower() == ".xlsx" else write_marked_csv
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            write_file(file, header, rows, error_label=_("Why"))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def listed(words: Iterable[str]) -> str:
    """Words in a row, as the language parts them."""
    return pgettext("between names", ", ").join(words)


def marks(
    found: Cleaned, number: int, cells: tuple[str | None, ...], width: int
) -> tuple[list[object], str]:
    """A row's cells and what was found about it."""
    padded: list[object] = [*cells, *[None] * (width - len(cells))]
    cluster, link = found.clusters.get(number), found.links.get(number)
    if cluster is None:
        return [*padded, None, None, None, None], ""
    if link is None:
        return [*padded, str(cluster), _("first of its cluster"), None, None], ""
    verdict = _("same") if link.match.verdict == "same" else _("probably the same")
    reasons = listed(words for words, _tone in reason_words(link.match.reasons))
    return [*padded, str(cluster), verdict, f"{link.match.score:.0%}", str(link.row)], reasons


def sheet_words(table: Table) -> str:
    """Which sheet was read and which were not; nothing of a file without others."""
    others = [name for name in table.sheets if name != table.sheet]
    if not others:
        return ""
    return _("Read was the sheet “%(sheet)s”; choose others with --sheet: %(others)s.") % {
        "sheet": table.sheet,
        "others": listed(others),
    }


def told(found: Cleaned, target: Path, seconds: float) -> str:
    """The result in one line."""
    return _(
        "%(rows)s rows: %(same)s the same as an earlier one, %(probable)s probably. "
        "Marked in %(target)s, %(seconds)s s."
    ) % {
        "rows": f"{len(found.rows):,}",
        "same": f"{found.count('same'):,}",
        "probable": f"{found.count('probable'):,}",
        "target": target,
        "seconds": round(seconds, 1),
    }
