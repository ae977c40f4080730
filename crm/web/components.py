"""Data that components show: actions, tiles, facts, timeline items, steps, chains.

Views build these; templates only lay them out. Labels may be lazy translations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from unicodedata import east_asian_width

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from crm.web import formats, markup
from crm.web.formats import Formats

Label = str | Promise
# what two labels may take beside each other on a phone, in Latin letters; a Chinese one takes two
ROW_OF_A_PHONE = 28


@dataclass(frozen=True)
class Action:
    """A button or menu entry. `frame` opens it in the drawer or a modal; `method` post posts it."""

    label: Label
    url: Label
    icon: str = ""
    kind: str = field(default="plain", kw_only=True)
    frame: str = field(default="", kw_only=True)
    method: str = field(default="get", kw_only=True)
    confirm: Label = field(default="", kw_only=True)
    shortcut: str = field(default="", kw_only=True)
    values: Mapping[str, object] = field(default_factory=dict, kw_only=True)
    disabled: Label = field(default="", kw_only=True)

    @property
    def css(self) -> str:
        return {
            "primary": "btn-primary",
            "danger": "btn-danger",
            "ghost": "btn-ghost-secondary",
        }.get(self.kind, "")


@dataclass(frozen=True)
class HeadActions:
    """What can be done at the head of a page: on a phone all but the chief one is a menu."""

    chief_first: Sequence[Action] = ()
    rest: Sequence[Action] = ()
    chief_last: Sequence[Action] = ()

    @classmethod
    def of(cls, actions: Sequence[Action]) -> "HeadActions":
        """The chief one keeps the end of the row it stands at; two that fit need no menu."""
        if len(actions) < 2 or len(actions) == 2 and _width(actions) <= ROW_OF_A_PHONE:
            return cls(chief_first=actions)
        chief = next((one for one in actions if one.kind == "primary"), actions[0])
        rest = [one for one in actions if one is not chief]
        if chief is actions[-1]:
            return cls(rest=rest, chief_last=[chief])
        return cls(chief_first=[chief], rest=rest)


def _width(actions: Sequence[Action]) -> int:
    """How much room the labels take, in Latin letters."""
    letters = "".join(str(one.label) for one in actions)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in letters)


@dataclass(frozen=True)
class Fact:
    """One line of a record's facts; `edit_url` gives the form that replaces the value in place.

    `shows` names the record's field behind it; see `crm.web.facts.trimmed`.
    """

    label: Label
    value: object
    shows: str = field(default="", kw_only=True)
    edit_url: str = field(default="", kw_only=True)
    copy: str = field(default="", kw_only=True)
    hint: Label = field(default="", kw_only=True)

    @property
    def html(self) -> SafeString:
        return markup.text(self.value)


@dataclass(frozen=True)
class Tab:
    """A tab of a record page; `url` loads its panel when it is first shown."""

    key: str
    label: Label
    url: str
    count: int | None = None
    is_active: bool = False


@dataclass(frozen=True)
class Tile:
    """A figure that opens its rows. `trend` compares with the last period, `target` is a share.

    A trend is a share of the last period, unless `moved` says in words how far the figure went.
    """

    label: Label
    value: SafeString | str
    url: str
    trend: Decimal | float | None = field(default=None, kw_only=True)
    moved: Label = field(default="", kw_only=True)
    good_when_up: bool = field(default=True, kw_only=True)
    target: Decimal | float | None = field(default=None, kw_only=True)
    note: Label = field(default="", kw_only=True)
    tone: str = field(default="", kw_only=True)
    points: Sequence[float] = field(default=(), kw_only=True)

    @classmethod
    def money(
        cls, label: Label, amount: Decimal, url: str, *, currency: str = "CNY", **more: object
    ) -> "Tile":
        """A money figure: short, the exact amount on hover."""
        return cls(label, markup.short_money(amount, currency), url, **more)  # type: ignore[arg-type]

    @classmethod
    def count(cls, label: Label, number: int, url: str, **more: object) -> "Tile":
        """A count."""
        return cls(label, formats.number(number), url, **more)  # type: ignore[arg-type]

    @property
    def trend_text(self) -> Label:
        if self.trend is None:
            return ""
        return self.moved or formats.percent(max(self.trend, -self.trend))

    @property
    def trend_tone(self) -> str:
        """Its direction, and whether that is good."""
        if not self.trend:
            return "flat"
        way = "up" if self.trend > 0 else "down"
        good = (self.trend > 0) == self.good_when_up
        return f"{way} tz-trend-{'good' if good else 'bad'}"

    @property
    def target_text(self) -> str:
        return formats.percent(self.target)

    @property
    def target_percent(self) -> int:
        return 0 if self.target is None else max(0, min(100, int(float(self.target) * 100)))

    @property
    def spark(self) -> str:
        """The points of a small line, 96 × 24."""
        if len(self.points) < 2:
            return ""
        low, high = min(self.points), max(self.points)
        span = (high - low) or 1
        step = 96 / (len(self.points) - 1)
        return " ".join(
            f"{index * step:.1f},{22 - (value - low) / span * 20:.1f}"
            for index, value in enumerate(self.points)
        )


@dataclass(frozen=True)
class Entry:
    """One item of a timeline: who did what, when; `body` is text, `changes` old → new pairs."""

    at: datetime
    title: Label | SafeString
    who: str = field(default="", kw_only=True)
    icon: str = field(default="point", kw_only=True)
    tone: str = field(default="grey", kw_only=True)
    body: str | SafeString = field(default="", kw_only=True)
    changes: Sequence["Change"] = field(default=(), kw_only=True)
    tags: Sequence[SafeString] = field(default=(), kw_only=True)
    url: str = field(default="", kw_only=True)

    @property
    def when(self) -> SafeString:
        return markup.moment(self.at)


@dataclass(frozen=True)
class Change:
    """A field that changed: shown as old → new."""

    label: Label
    old: object
    new: object

    @property
    def old_html(self) -> SafeString:
        return markup.text(self.old)

    @property
    def new_html(self) -> SafeString:
        return markup.text(self.new)


@dataclass(frozen=True)
class Step:
    """A step of a wizard: done, now or later."""

    label: Label
    state: str = "later"
    url: str = ""


@dataclass(frozen=True)
class Link:
    """A link of an approval chain: who, and approved / returned / now / later."""

    who: str
    role: Label = ""
    state: str = "later"
    at: datetime | None = None
    comment: str = ""

    @property
    def when(self) -> SafeString:
        return markup.moment(self.at) if self.at else SafeString("")

    @property
    def face(self) -> SafeString:
        return markup.avatar(self.who)


@dataclass(frozen=True)
class Card:
    """A card of a board. `late` turns its age amber."""

    pk: int
    title: str
    url: str
    amount: Decimal | None = field(default=None, kw_only=True)
    currency: str = field(default="CNY", kw_only=True)
    owner: str = field(default="", kw_only=True)
    days: int | None = field(default=None, kw_only=True)
    late: bool = field(default=False, kw_only=True)
    next_step: str = field(default="", kw_only=True)
    next_at: datetime | date | None = field(default=None, kw_only=True)
    move_url: str = field(default="", kw_only=True)

    @property
    def money(self) -> SafeString:
        return markup.short_money(self.amount, self.currency)

    @property
    def age(self) -> str:
        return "" if self.days is None else Formats.current().days(self.days)

    @property
    def face(self) -> SafeString:
        return markup.avatar(self.owner) if self.owner else SafeString("")

    @property
    def due(self) -> SafeString:
        return markup.deadline(self.next_at) if self.next_at else SafeString("")


@dataclass(frozen=True)
class Lane:
    """A column of a board; `count` and `total` speak of all its cards, also those not shown."""

    key: str
    label: Label
    cards: Sequence[Card]
    count: int
    total: Decimal | None = None
    colour: str = "grey"
    more_url: str = ""
    currency: str = "CNY"

    @property
    def sum(self) -> SafeString:
        return (
            markup.short_money(self.total, self.currency)
            if self.total is not None
            else SafeString("")
        )
