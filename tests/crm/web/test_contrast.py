"""Text is readable: WCAG AA (4.5 : 1) for every pair of tokens that meet, in light and dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "static" / "src" / "css" / "tokens.css"
PAIR = re.compile(r"--tz-([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS.read_text())}
GROUNDS = ("card", "paper", "sunk", "hover", "raised")
TONES = ("grey", "blue", "green", "amber", "red", "teal", "purple")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "teal", "red") for ground in GROUNDS),
    *((ink, ground) for ink in ("ink-3",) for ground in ("card", "paper", "sunk")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *((tone, "card") for tone in TONES),
    *((ink, "paper-deep") for ink in ("ink", "ink-2")),
]


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out(text, ground, theme):
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("fill", ["teal-fill", "teal-fill-hover", "red-fill"])
def test_buttons_carry_white(fill, theme):
    assert contrast("#ffffff", COLOURS[fill][theme]) >= 4.5


def test_a_notice_of_a_fault_keeps_its_colour_in_the_dark():
    """A rule for the dark theme would outweigh the tones: the ground says both itself."""
    rules = (TOKENS.parent / "shell.css").read_text()
    assert ".tz-toast { display: flex;" in rules
    assert not re.search(r"\[data-bs-theme=\"?dark\"?\][^{]*\.tz-toast\b", rules)
