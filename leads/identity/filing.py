"""What a search for duplicates notes of each record: its profile packed, its shape, its keys.

Most records are one name and perhaps a phone; for these nothing is made that is not needed, and
their keys are made in columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import compress, count
from os import getpid
from typing import Any

import numpy as np
import numpy.typing as npt

from leads.identity.aliases import TOLD, beginnings, firm_labels
from leads.identity.bearings import KNOWN, SIZE, evidence_of
from leads.identity.characters import plain_numerals
from leads.identity.companies import take_apart
from leads.identity.keys import LATIN_NEAR, LATIN_PART, LONGEST_NEAR, SHORTEST_NEAR, exact_keys
from leads.identity.numbered_houses import house_of
from leads.identity.numbering import (
    CHINESE,
    SPACE,
    Flags,
    Numbers,
    Spelling,
    Texts,
    mixed,
    number_of,
)
from leads.identity.other_readings import other_readings
from leads.identity.packing import pack_plain, pack_profile
from leads.identity.parts import ENDS, characters_of, place_letters
from leads.identity.person_keys import person_keys
from leads.identity.plain import dumps
from leads.identity.profiles import Profile, one_phone, profile_of
from leads.identity.shapes import SILENT, Said, Shapes
from leads.identity.sounds import reading_of
from leads.identity.types import CompanyName, Identity

KINDS = STRONG, WEAK = 0, 1
# besides them: parts of brands, those of names that may be short forms, and what these say
PART, SHORT, SAID = 2, 3, 4
SHARE_BITS = 5
SHARES = 1 << SHARE_BITS  # parts that the keys are divided into, each grouped by itself
POSITION_BITS = 26  # a key is filed as one number: its upper bits, and the position of its record
POSITION = (1 << POSITION_BITS) - 1
MOST_RECORDS = POSITION + 1
_HALF = np.uint64(32)
_UPPER = np.uint64(~POSITION & (1 << 64) - 1)
_FIRSTS = np.arange(1, SHARES, dtype=np.uint64) << np.uint64(64 - SHARE_BITS)
_NONE = np.zeros(0, np.uint64)
_LONGEST = 31
_BRAND_FIELD, _TEXT = map(CompanyName._fields.index, ("brand", "text"))
_PHONE, _FIRM, _BRAND, _SOUND_PLACE, _SOUND_TRADE, _PERSON, _OTHER = range(1, 8)
_NEAR, _NAME, _PART, _WHOLE, _CITIZEN, _WORD, _HOUSE = range(8, 15)
Rows = npt.NDArray[np.intp]


@cache
def _sounds() -> Spelling:
    return Spelling(reading_of)


@cache
def _syllables() -> Spelling:
    return Spelling(reading_of, is_run_together=False)


@cache
def _numerals() -> Spelling:
    return Spelling(plain_numerals)


@cache
def _beginnings() -> Numbers:
    """How the names of well-known firms begin."""
    return np.sort(Texts(list(beginnings())).numbers())


class Filing:
    """The notes of one run of records, of which the first stands at a position in the file.

    Of each a company and a phone as typed are given, or all its fields without the id (`others`).
    All names are parsed first: a processor that does one thing over and over is a fifth faster.
    """

    def __init__(
        self,
        shapes: Shapes,
        first: int,
        companies: Sequence[str],
        cells: Sequence[str],
        others: Mapping[int, Sequence[Any]],
    ) -> None:
        self.shapes, self.first, self.count = shapes, first, len(companies)
        self.evidence = np.zeros(self.count, np.uint16)
        self.further: list[tuple[int, int, int]] = []  # kind, key, record
        self.keys: tuple[list[Numbers], ...] = ([], [], [])
        self.short: tuple[list[Numbers], list[Numbers]] = ([], [])
        self.names = list(map(take_apart, companies))
        phones = [one_phone(cell) if cell else "" for cell in cells]
        told = {at: Identity(None, *fields) for at, fields in others.items()}
        for at in _unusual(self.names, phones) - told.keys():
            cell = cells[at]
            told[at] = Identity(company=companies[at], phones=(cell,) * bool(cell))
        self.profiles = {at: profile_of(record) for at, record in sorted(told.items())}
        self.phones = [phone or "" for phone in phones]
        for at in self.profiles:
            self.phones[at] = ""
        self.bearers, self.single = self._several_names()

    def packed(self) -> bytes:
        """All notes: profiles and their sizes, what bears on a comparison, keys by share."""
        texts, sizes = self._texts()
        for at, profile in self.profiles.items():
            self._add_further(at, profile)
        bearing = self._file_names()
        self._file_phones()
        for kind in KINDS:
            some = [(key, at) for sort, key, at in self.further if sort == kind]
            keys = np.array([key for key, _at in some], np.int64).view(np.uint64)
            self._file(kind, keys, [at for _key, at in some])
        return dumps((
            getpid(), self.shapes.untold(), texts, sizes.astype(np.uint32).tobytes(),
            [column.tobytes() for column in bearing],
            [*map(_shared, self.keys), *_shared_with(*self.short)],
        ))  # fmt: skip

    def _several_names(self) -> tuple[Rows, Rows]:
        """Whose each name is, where some records have none or several; which are all of theirs."""
        many = np.ones(self.count, np.intp)
        names: list[CompanyName] = []
        start = 0
        for at, profile in self.profiles.items():
            names += self.names[start:at]
            names += profile.names
            many[at], start = len(profile.names), at + 1
        self.names = names + self.names[start:]
        bearers = np.repeat(np.arange(self.count), many)
        return bearers, np.flatnonzero(many[bearers] == 1)

    def _texts(self) -> tuple[bytes, npt.NDArray[Any]]:
        """All profiles packed, one after the other, and how long each is."""
        if not self.profiles:
            return pack_plain(self.names, self.phones)
        is_plain = np.ones(self.count, np.bool_)
        is_plain[list(self.profiles)] = False
        rows = self.single[is_plain[self.bearers[self.single]]]
        bearers = self.bearers[rows]
        packed, plain = pack_plain(
            [self.names[row] for row in rows.tolist()], [self.phones[at] for at in bearers.tolist()]
        )
        sizes = np.zeros(self.count, np.intp)
        sizes[bearers] = plain
        ends = np.cumsum(sizes)
        pieces: list[bytes] = []
        start = 0
        for at, profile in self.profiles.items():
            pieces += packed[start : ends[at]], pack_profile(profile)
            start = ends[at]
            sizes[at] = len(pieces[-1])
        return b"".join((*pieces, packed[start:])), sizes

    def _add_further(self, at: int, profile: Profile) -> None:
        """The keys of a record with more than one name and one phone."""
        self.evidence[at] = evidence_of(profile) if len(profile.names) == 1 else 0
        for key in exact_keys(profile):
            if key.kind != "phone":
                number = hash((_OTHER, number_of(f"{key.kind}:{key.value}")))
                self.further.append((STRONG if key.is_strong else WEAK, number, at))
        if profile.citizen:
            self.further.append((STRONG, hash((_CITIZEN, number_of(profile.citizen))), at))
        if profile.person and not profile.names:
            for words in person_keys(profile):
                self.further.append((WEAK, hash((_PERSON, *map(number_of, words))), at))

    def _file_phones(self) -> None:
        numbers = list(map(int, filter(None, self.phones)))
        bearers = [at for at, phone in enumerate(self.phones) if phone]
        for at, profile in self.profiles.items():
            numbers += map(int, profile.phones)
            bearers += [at] * len(profile.phones)
        self._file(STRONG, mixed(_PHONE, np.array(numbers, np.uint64)), bearers)

    def _file_names(self) -> list[npt.NDArray[Any]]:
        """File the keys of all names; what of each record bears on a comparison."""
        kinds = (np.uint32, np.uint16, np.uint32, np.uint32, np.uint64, np.uint8)
        bearing = [np.zeros(self.count, kind) for kind in kinds]
        shape_of, kind_of, read_as, written_as, characters, lengths = bearing
        characters[:] = ~np.uint64(0)  # several names: any may be meant
        if not self.names:
            return bearing
        columns = list(zip(*self.names, strict=True))
        brands, said = Texts(columns[_BRAND_FIELD]), self.shapes.of(columns)
        is_chinese, is_usual = brands.have(CHINESE), said.is_usual > 0
        self._file_brands(brands, is_chinese, said)
        self._file_firms(brands, said)
        latin = np.flatnonzero(~is_chinese & is_usual & (brands.sizes > 0))
        self._file_first_words(latin)
        self._file_other_readings(latin, said)
        self._file_houses()
        letters = characters_of(brands) | said.letters
        is_usual &= is_chinese
        self._file_parts(brands, np.flatnonzero(is_usual & (brands.sizes > 1)), letters, said)
        own = self.single
        record = self.bearers[own]
        size = np.where(is_usual, np.minimum(brands.sizes, _LONGEST), 0)
        shape_of[record] = said.shape[own]
        kind_of[record] = self.evidence[record] | (size[own] * SIZE).astype(np.uint16)
        characters[record] = (letters | characters_of(Texts(columns[_TEXT])))[own]
        lengths[record] = np.minimum(brands.sizes + said.size.astype(np.intp), 255)[own]
        for column, spelling in ((read_as, _syllables()), (written_as, _numerals())):
            column[record] = (mixed(brands.numbers(spelling)[own]) >> _HALF).astype(np.uint32)
        return bearing

    def _file_brands(self, brands: Texts, is_chinese: Flags, said: Said) -> None:
        """The keys of names: the whole of each, its brand as written and as read."""
        bearers = self.bearers
        written, sound = brands.numbers(), brands.numbers(_sounds())
        named = np.flatnonzero(brands.sizes)
        whole = mixed(_NAME, said.place, written, said.trade, said.branch)
        self._file(STRONG, whole[named], bearers[named])
        usual = named[said.is_usual[named] > 0]
        elsewhere = usual[(said.where != said.elsewhere)[usual]]
        # a Latin trade is as good as none
        latin = usual[(~is_chinese & (said.first_trade != SILENT))[usual]]
        for rows, keys in (
            (usual, mixed(_BRAND, written[usual])),
            (usual, mixed(_SOUND_TRADE, sound[usual], said.first_trade[usual])),
            (usual, mixed(_SOUND_PLACE, sound[usual], said.where[usual])),
            (elsewhere, mixed(_SOUND_PLACE, sound[elsewhere], said.elsewhere[elsewhere])),
            (latin, mixed(_SOUND_TRADE, sound[latin], SILENT)),
        ):
            self._file(WEAK, keys, bearers[rows])
        for size in range(SHORTEST_NEAR, LONGEST_NEAR + 1):
            rows = usual[brands.sizes[usual] == size]
            if size not in LATIN_NEAR:
                rows = rows[is_chinese[rows]]
            if len(rows):
                for number in brands.without_one(rows, size):
                    self._file(WEAK, mixed(_NEAR, number), bearers[rows])

    def _file_parts(self, brands: Texts, rows: Rows, letters: Numbers, said: Said) -> None:
        """How Chinese brands begin and end; what names say that may be short for others."""
        usual, is_longer, lack = rows, brands.sizes > ENDS, said.lack(brands.sizes)
        for starts in (brands.starts, brands.ends - ENDS):
            parts, longer = brands.run(starts[rows], ENDS), is_longer[rows]
            for kind, held in ((_PART, longer), (_WHOLE, ~longer)):
                self._file(PART, mixed(kind, parts[held]), self.bearers[rows[held]])
            asks = lack[rows]
            self._ask(mixed(_PART, parts[asks]), rows[asks], letters & ~place_letters())
            asks &= longer  # for whom the shorter one is short is not known here
            self._ask(mixed(_WHOLE, parts[asks]), rows[asks], 0 * letters)
            rows = rows[longer]
        # a longer brand of which a character was lost, or that holds this one at an end
        rows = rows[brands.sizes[rows] == SHORTEST_NEAR - 1]
        self._ask(mixed(_NEAR, brands.numbers()[rows]), rows, characters_of(brands))
        for size in range(ENDS + 1, LONGEST_NEAR + 1):
            long = usual[brands.sizes[usual] >= size + ENDS]
            for start in (brands.starts[long], brands.ends[long] - size):
                self._file(WEAK, mixed(_NEAR, brands.run(start, size)), self.bearers[long])

    def _ask(self, keys: Numbers, rows: Rows, said: Numbers) -> None:
        """Look for what these names may be short for."""
        positions = self.bearers[rows].astype(np.uint64) + np.uint64(self.first)
        self.short[0].append(keys & _UPPER | positions)
        self.short[1].append(said[rows])

    def _file_firms(self, brands: Texts, said: Said) -> None:
        """Both names of a well-known firm under one word; few begin like one."""
        known = _beginnings()
        may_be = brands.have(SPACE)
        for begun in (None, (said.begun, said.taken.astype(np.intp))):
            start = brands.starting(TOLD, begun)
            may_be |= known[np.searchsorted(known, start) % len(known)] == start
        for row in np.flatnonzero(may_be).tolist():
            if self.names[row].brand:
                record = int(self.bearers[row])
                for label in firm_labels(self.names[row]):
                    self.evidence[record] |= KNOWN
                    self.further.append((WEAK, hash((_FIRM, number_of(label))), record))

    def _file_first_words(self, rows: Rows) -> None:
        """Of Latin brands the first word and its ends: two of them have some of it in common."""
        for row in rows.tolist():
            word, record = self.names[row].brand.partition(" ")[0], int(self.bearers[row])
            for part in (word, word[:LATIN_PART] + "-", "-" + word[-LATIN_PART:]):
                if len(part) >= LATIN_PART:
                    self.further.append((WEAK, hash((_WORD, number_of(part))), record))

    def _file_other_readings(self, rows: Rows, said: Said) -> None:
        """Qingdao Haichuan Tyre is filed as 青岛海川 is read, Red Sun Chemical as 红太阳."""
        found = [(row, one) for row in rows.tolist() for one in other_readings(self.names[row])]
        if found:
            told = [row for row, _reading in found]
            readings = Texts([reading for _row, reading in found]).numbers(_sounds())
            self._file(WEAK, mixed(_SOUND_PLACE, readings, said.where[told]), self.bearers[told])

    def _file_houses(self) -> None:
        """杭州市二院, 杭州市第二人民医院: the same number of one place."""
        for name, record in zip(self.names, self.bearers.tolist(), strict=True):
            if house := house_of(name):
                self.further.append((WEAK, hash((_HOUSE, *map(number_of, house))), record))

    def _file(self, kind: int, keys: Numbers, records: Sequence[int] | Rows) -> None:
        positions = np.asarray(records, np.uint64) + np.uint64(self.first)
        self.keys[kind].append(keys & _UPPER | positions)


def _unusual(names: Sequence[CompanyName], phones: Sequence[str | None]) -> set[int]:
    """Which records have no name or two, or a cell of phones that holds more or less than one."""
    former, nameless = [name.former for name in names], [not name.text for name in names]
    odd = [phone is None or ";" in phone for phone in phones]
    return {at for column in (former, nameless, odd) for at in compress(count(), column)}


def _shared_with(keys: list[Numbers], told: list[Numbers]) -> tuple[list[bytes], list[bytes]]:
    """The same, and something told with each key."""
    entries, values = np.concatenate([_NONE, *keys]), np.concatenate([_NONE, *told])
    order = np.argsort(entries)
    entries, values = entries[order], values[order]
    ends = np.searchsorted(entries, _FIRSTS)
    shares, others = np.split(entries, ends), np.split(values, ends)
    return [some.tobytes() for some in shares], [some.tobytes() for some in others]


def _shared(keys: Iterable[Numbers]) -> list[bytes]:
    """Keys with their positions, divided into shares by their first bits."""
    entries = np.sort(np.concatenate([_NONE, *keys]))
    return [some.tobytes() for some in np.split(entries, np.searchsorted(entries, _FIRSTS))]
