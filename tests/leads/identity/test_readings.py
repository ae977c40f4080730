"""The small table of readings says what pypinyin says."""

import pypinyin.seg.mmseg  # noqa: F401 - all its parts, as `load_readings` does
from pypinyin import Style, pinyin

from leads.identity.readings import known_readings
from leads.identity.sounds import sound_of
from leads.identity.text import readings

BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))


def test_every_common_character_is_read_as_pypinyin_reads_it() -> None:
    for character in map(chr, (code for block in BLOCKS for code in block)):
        said = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        known = known_readings(character)
        if said == [character]:
            assert not known
        else:
            assert known == tuple(dict.fromkeys(said)), character


def test_others_stand_for_themselves() -> None:
    assert known_readings("a") == ("a",)
    assert known_readings("の") == ()
    assert readings("の") == {"の"}
    assert sound_of("华のa") == "huaのa"
