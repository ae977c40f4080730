"""What an administrator should know before a change of roles is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.administrators import VITAL
from crm.access.drafts import NEW, RoleDraft
from crm.access.effects import roles_of_members
from crm.access.fields import GuardedField, guarded_fields
from crm.access.registry import permissions
from crm.access.words import field_label, right_words
from crm.people.enums import Right
from crm.people.models import Role

MOST_NAMES = 6


@dataclass(frozen=True)
class Caution:
    """One warning; one that blocks cannot be saved over."""

    text: str
    blocks: bool = False


@dataclass(frozen=True)
class Books:
    """Every role as it is and as it would be, and who holds which."""

    before: Mapping[int, RoleDraft]
    after: Mapping[int, RoleDraft]
    held: Mapping[int, Sequence[int]]

    @classmethod
    def with_draft(cls, draft: RoleDraft) -> "Books":
        before = {role.pk: RoleDraft.of(role) for role in Role.objects.order_by("pk")}
        after = before if draft.role_id == NEW else before | {draft.role_id: draft}
        return cls(before, after, roles_of_members())

    @classmethod
    def with_member(cls, member_id: int, role_ids: Iterable[int]) -> "Books":
        found = cls.with_draft(RoleDraft(name=""))
        return cls(found.before, found.after, {**found.held, member_id: tuple(role_ids)})


def cautions_about(draft: RoleDraft) -> list[Caution]:
    """Everything to be said about this draft, what blocks it first."""
    books = Books.with_draft(draft)
    found = [*nobody_left(books.held, books.held, books), *wider_than_others(draft, books)]
    found += masks_without_effect(draft, books)
    return sorted(found, key=lambda one: not one.blocks)


def cautions_about_member(member_id: int, role_ids: Iterable[int]) -> list[Caution]:
    """The same for a member who would hold exactly these roles."""
    books = Books.with_member(member_id, role_ids)
    found = nobody_left(roles_of_members(), books.held, books)
    return sorted(found, key=lambda one: not one.blocks)


def nobody_left(
    held_before: Mapping[int, Sequence[int]], held_after: Mapping[int, Sequence[int]], books: Books
) -> list[Caution]:
    """Permissions that somebody holds now and nobody would hold then."""
    before = _permissions_held(held_before, books.before)
    after = _permissions_held(held_after, books.after)
    found = []
    for permission in permissions():
        if permission.name in before - after:
            blocks = permission.name in VITAL
            text = (
                _("Nobody would be left who may: “%(permission)s”. Give it to somebody else first.")
                if blocks
                else _("Nobody would be left who may: “%(permission)s”.")
            )
            found.append(Caution(text % {"permission": permission.label}, blocks))
    return found


def _permissions_held(
    held: Mapping[int, Sequence[int]], roles: Mapping[int, RoleDraft]
) -> set[str]:
    used = {role_id for ids in held.values() for role_id in ids}
    return {
        name
        for role_id in used & set(roles)
        for name in roles[role_id].grants
        if roles[role_id].reach_of(name) is not None
    }


def wider_than_others(draft: RoleDraft, books: Books) -> list[Caution]:
    """Fields that the draft newly shows in full although other roles hide or mask them."""
    known = books.before.get(draft.role_id)
    found = []
    for guarded in guarded_fields():
        wanted = draft.right_to(guarded.key)
        was = known.right_to(guarded.key) if known else Right.HIDDEN
        others = [
            role.label
            for pk, role in books.before.items()
            if pk != draft.role_id and role.right_to(guarded.key) <= Right.MASKED
        ]
        if wanted >= Right.READ and was < Right.READ and others:
            text = _("“%(field)s” is shown in full, while other roles mask or hide it: %(roles)s.")
            found.append(Caution(text % {"field": field_label(guarded), "roles": _few(others)}))
    return found


def masks_without_effect(draft: RoleDraft, books: Books) -> list[Caution]:
    """Restrictions that holders escape through another of their roles: the widest counts."""
    known = books.before.get(draft.role_id)
    holders = [ids for ids in books.held.values() if draft.role_id in ids]
    found = []
    for guarded in guarded_fields():
        wanted = draft.right_to(guarded.key)
        if known is None or wanted >= known.right_to(guarded.key):
            continue
        through, number = _escapes(guarded, wanted, holders, draft.role_id, books)
        if number:
            text = ngettext(
                "“%(field)s”: %(right)s has no effect for %(number)s member, "
                "who may do more through another role: %(roles)s.",
                "“%(field)s”: %(right)s has no effect for %(number)s members, "
                "who may do more through another role: %(roles)s.",
                number,
            )
            words = {
                "field": field_label(guarded),
                "right": right_words(wanted),
                "number": number,
                "roles": _few(sorted(through)),
            }
            found.append(Caution(text % words))
    return found


def _escapes(
    guarded: GuardedField,
    wanted: Right,
    holders: Iterable[Sequence[int]],
    role_id: int,
    books: Books,
) -> tuple[set[str], int]:
    """The roles through which a restriction is escaped, and by how many members."""
    through: set[str] = set()
    number = 0
    for ids in holders:
        wider = {
            books.after[pk].label
            for pk in ids
            if pk != role_id and books.after[pk].right_to(guarded.key) > wanted
        }
        through |= wider
        number += bool(wider)
    return through, number


def _few(names: Sequence[str]) -> str:
    shown = _(", ").join(names[:MOST_NAMES])
    return f"{shown} …" if len(names) > MOST_NAMES else shown
