"""Why a share, transfer or hand-over was refused, in words fit for people."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm import refusals

MOST_NAMED = 5


def named(titles: Iterable[str]) -> str:
    """A few titles in a sentence."""
    found = list(titles)
    shown = pgettext("between names", ", ").join(found[:MOST_NAMED])
    if len(found) <= MOST_NAMED:
        return shown
    return _("%(names)s and %(count)s more") % {
        "names": shown,
        "count": len(found) - MOST_NAMED,
    }


class Refused(refusals.Refused):
    """A rule said no; the message says why and what to do."""


class MayNotShare(Refused):
    """Nobody shares more than they hold."""

    def __init__(self, titles: Iterable[str]) -> None:
        super().__init__(_("You may not share this so far: %(names)s.") % {"names": named(titles)})


class WithoutEffect(Refused):
    """The receiver's roles do not open this kind of record, so a share would open nothing."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(
            _(
                "The roles of %(names)s do not allow this with such records, so sharing would have"
                " no effect. Choose read access, or ask an administrator for the role."
            )
            % {"names": named(names)}
        )


class OwnerMeanwhile(Refused):
    """A record changed hands between the page and the press."""

    def __init__(self, titles: Iterable[str]) -> None:
        super().__init__(
            _("Somebody else became the owner meanwhile, so nothing was moved: %(names)s.")
            % {"names": named(titles)}
        )


class CannotReceive(Refused):
    """The receiver is not active, or their roles do not open such records."""
