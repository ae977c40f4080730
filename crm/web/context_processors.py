"""What the frame around every page needs. Lazy: a fragment that shows no frame pays nothing."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from crm.web import htmx, navigation
from crm.web.navigation import Create, Entry


class Shell:
    """The frame of one request: who looks, what they may open, how it should look."""

    def __init__(self, request: HttpRequest) -> None:
        self.request: Any = request
        self.organization: Any = getattr(request, "organization", None)
        self.member: Any = getattr(request, "member", None)
        # whose eyes an administrator borrows, see crm.access.seeing
        eyes: Any = getattr(request, "eyes", None)
        self.seeing = eyes if hasattr(eyes, "target") else None

    @property
    def layout(self) -> str:
        """The template a page extends: the whole frame, the drawer or a modal."""
        return htmx.LAYOUTS[htmx.frame_of(self.request)]

    @property
    def language(self) -> str:
        return get_language() or "zh-hans"

    @property
    def html_language(self) -> str:
        return "zh-Hans" if self.language.startswith("zh") else self.language

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @property
    def theme(self) -> str:
        return self.user.theme if self.is_signed_in else "auto"

    @property
    def density(self) -> str:
        return "compact" if self.is_signed_in and self.user.is_compact else "normal"

    @property
    def is_folded(self) -> bool:
        """Whether the side navigation is folded to icons on this browser."""
        return bool(self.request.COOKIES.get("nav") == "folded")

    @property
    def title(self) -> str:
        return self.organization.name if self.organization else "同舟 Tongzhou"

    @property
    def may_found(self) -> bool:
        """Whether strangers may found an organisation here."""
        return bool(settings.SIGN_UP_OPEN)

    @property
    def logo(self) -> str:
        """The address of the organisation's picture, "" for the boat."""
        pk = self.organization.logo_file_id if self.organization else None
        return f"{reverse('organizations:logo')}?v={pk}" if pk else ""

    @property
    def home(self) -> str:
        """The organisation's first page."""
        return f"/{self.organization.slug}/" if self.organization else "/"

    @cached_property
    def entries(self) -> list[Entry]:
        return navigation.entries_for(self.member) if self.member else []

    @cached_property
    def sections(self) -> list[list[Entry]]:
        """The entries by section, empty sections left out."""
        groups = [
            [entry for entry in self.entries if entry.section == section]
            for section in navigation.SECTIONS
        ]
        return [group for group in groups if group]

    @cached_property
    def phone_entries(self) -> list[Entry]:
        """At most three places for the bottom bar of a phone."""
        chosen = [entry for entry in self.entries if entry.on_phone]
        return (chosen or self.entries)[:3]

    @cached_property
    def personal(self) -> list[Entry]:
        return navigation.personal_for(self.member) if self.member else []

    @cached_property
    def creates(self) -> list[Create]:
        return navigation.creates_for(self.member) if self.member else []

    @cached_property
    def menu_key(self) -> tuple[str, ...]:
        """What decides the menus: language, organisation, places and things to make."""
        entries = ",".join(entry.key for entry in self.entries)
        creates = ",".join(create.key for create in self.creates)
        return (self.language, self.home, self.title, self.logo, entries, creates)

    @property
    def side_key(self) -> tuple[str, ...]:
        """What decides the navigation: the menus and the place that is open."""
        return (*self.menu_key, self.active)

    @property
    def top_key(self) -> tuple[object, ...]:
        """What decides the top bar: the menus and the person."""
        person = (self.member.pk, self.member.name, self.member.title, self.user.email)
        own = ",".join(entry.key for entry in self.personal)
        return (*self.menu_key, *person, own, self.theme, self.density)

    @cached_property
    def active(self) -> str:
        """The key of the entry this page belongs to: the longest address that fits."""
        path = self.request.path
        best, length = "", 0
        for entry in self.entries:
            address = entry.address
            root = address.count("/") <= 2
            fits = path == address if root else path.startswith(address)
            fits = fits or bool(entry.also_address and path.startswith(entry.also_address))
            if fits and len(address) > length:
                best, length = entry.key, len(address)
        return best


def frame(request: HttpRequest) -> dict[str, Any]:
    """`shell` for templates, and `layout` for pages to extend."""
    shell = Shell(request)
    return {"shell": shell, "layout": shell.layout}
