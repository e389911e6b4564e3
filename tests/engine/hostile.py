"""Texts that nobody would write, and texts as people do write them, by a seed."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial

LIGATURE = "\ufdfa"
"""One character that folding turns into eighteen."""

BLOCKS = (
    range(0x20, 0x7F), range(0xC0, 0x250), range(0x400, 0x500), range(0x600, 0x700), range(0x750, 0x780),
    range(0x900, 0x980), range(0x1100, 0x1200), range(0x1E00, 0x2000), range(0x3041, 0x3100),
    range(0x4E00, 0x4F00), range(0xAC00, 0xAD00), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00),
    range(0x1D400, 0x1D800), range(0x1EE00, 0x1EF00),
)  # fmt: skip
"""Letters of many scripts, presentation forms and mathematical ones among them."""

MARKS = (
    range(0x20D0, 0x20F1),
    range(0x300, 0x370),
    range(0x610, 0x61B),
    range(0x64B, 0x660),
    range(0x6D6, 0x6EE),
)
CONTROLS = (range(0x20), range(0x7F, 0xA0))
INVISIBLE = (
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x206A),
    0xFEFF,
    0x61C,
    0xAD,
    0x34F,
)
"""Zero-width characters and the controls of direction."""

SURROGATES = range(0xD800, 0xE000)

PIECES = (
    LIGATURE, "\ufdfb", "\ufdf2", "\ufdfd", "ﬁ", "ﬄ", "ﻻ", "㍿", "㌖", "Ⅷ", "½", "⩴", "\u1fb7", "\u0344",
    "İ", "ı", "ſ", "ß", "ẞ", "ŉ", "ΐ", "Σ", "ς", "Ǆ", "\u212a", "\u212b", "ۀ", "ء", "ٱ", "ـ",
    "…", "؟", "۔", "''", "..", "????", "####", "\r\n", "\u2028", "\u0085",
    "👨\u200d👩\u200d👧\u200d👦", "🇦🇫", "👍🏽", "1\ufe0f\u20e3", "🏴\U000e0067\U000e007f", "🙏", "❤\ufe0f",
    "▁", "▁▁▁", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "<0x0A>", "\x00", "\ud83d", "\U0010ffff", "\ue000",
    "٠١٢", "۰۱۲", "०१२", "𝟘𝟙𝟚", "①②", "police", "پولیس", "پولیسو", "taliban", "تورخم",
)  # fmt: skip


def texts(seed: int, count: int, questions: Sequence[str]) -> Iterator[str]:
    """Yield ``count`` texts; most are short, one in five hundred has up to 20,000 characters."""
    chance = random.Random(seed)
    asked = [partial(_question, questions)] * 4
    kinds: list[Callable[[random.Random, int], str]] = [_soup, _soup, _run, _word, _any, *asked]
    for _ in range(count):
        size = chance.choice((5, 10, 20, 50)) if chance.random() < 0.998 else 20_000
        yield chance.choice(kinds)(chance, size)[:20_000]


def _piece(chance: random.Random) -> str:
    """One character or sequence of any kind."""
    kind = chance.random()
    if kind < 0.4:
        return chr(chance.choice(chance.choice(BLOCKS)))
    if kind < 0.6:
        return chance.choice(PIECES)
    if kind < 0.7:
        return chr(chance.choice(INVISIBLE))
    if kind < 0.8:
        return "".join(chr(chance.choice(chance.choice(MARKS))) for _ in range(chance.choice((1, 1, 3, 30))))
    if kind < 0.85:
        return chr(chance.choice(chance.choice(CONTROLS)))
    if kind < 0.9:
        return chr(chance.choice(SURROGATES))
    return " "


def _soup(chance: random.Random, size: int) -> str:
    """All kinds beside one another."""
    few = [_piece(chance) for _ in range(min(size, 300))]
    return "".join(chance.choices(few, k=size))


def _any(chance: random.Random, size: int) -> str:
    """Code points of all planes, given or not."""
    return "".join(chr(chance.randrange(0x110000)) for _ in range(min(size, 2000)))


def _run(chance: random.Random, size: int) -> str:
    """The same again and again."""
    return (_piece(chance) * chance.choice((1, 1, 2)) + chance.choice(("", "", " ", "."))) * size


def _word(chance: random.Random, size: int) -> str:
    """A word without an end, between two that have one."""
    block = chance.choice(BLOCKS[:6])
    letters = "".join(chr(chance.choice(block)) for _ in range(size))
    return f"visa {''.join(filter(str.isalnum, letters))} دوسیه"


def _question(questions: Sequence[str], chance: random.Random, size: int) -> str:
    """A real question, or several, with slips, repetitions and strange characters in them."""
    few = [chance.choice(questions) for _ in range(chance.choice((1, 1, 1, 1, 2)))]
    letters = list(chance.choice((" ", ". ", "\n", "")).join(few))
    for _ in range(chance.randrange(6)):
        at = chance.randrange(len(letters))
        old, new = letters[at], _piece(chance)
        letters[at] = chance.choice(("", old * 4, new, new + old, chance.choice(letters)))
    text = "".join(letters)
    return text * 200 if size > 1000 else text
