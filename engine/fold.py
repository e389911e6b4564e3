"""Brings what people type to one form, so that the same word is the same letters.

Afghans write on Persian, Pashto, Arabic, Urdu and Latin keyboards, with and without half-spaces, and with
three sets of digits. Three levels, each resting on the one before:

``tidy``      keeps the letters of each language, unifies keyboards, digits, accents, case and controls
``fold``      also merges letters that writers swap, such as ې ۍ ی or ښ ش
``skeleton``  one word's consonants in Latin letters, the same for دستگیر and "dastgir"

Every function takes any string whatever (lone surrogates, ligatures, stacked marks), and never raises.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 4096
"""Characters that are looked at; a Telegram message has no more."""

LONGEST_WORD = 32
"""Letters of a word; a longer one is read in pieces, since what is known of words is remembered."""

_DIGITS = {ord(c): str(i) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for i, c in enumerate(digits)}

_KEYBOARDS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ے": "ی", "ك": "ک", "ڪ": "ک", "ګ": "گ",
        "ة": "ه", "ۀ": "ه", "ہ": "ه", "ۂ": "ه", "ۃ": "ه", "ھ": "ه", "ە": "ه",
        "ں": "ن", "ٹ": "ټ", "ڈ": "ډ", "ڑ": "ړ", "ٱ": "ا", "ء": None, "ـ": None,
        "œ": "oe", "æ": "ae", "ı": "i", "ø": "o", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
        "؟": "?", "،": ",", "؛": ";", "۔": ".", "।": ".",
    }
)  # fmt: skip

_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ڪ": "ک", "ہ": "ه", "ے": "ی", "ـ": None, "ٱ": "ا"})

_SWAPPED = str.maketrans(
    {"ې": "ی", "ۍ": "ی", "ټ": "ت", "ډ": "د", "ړ": "ر", "ڼ": "ن", "ښ": "ش", "ږ": "ژ", "ځ": "ز", "څ": "س"}
)

_RUN = re.compile(r"([^\W\d_])\1{2,}")
_BLANK = re.compile(r"\s+")
_WORD = re.compile(rf"[^\W_]{{1,{LONGEST_WORD}}}")

_TO_LATIN = str.maketrans(
    {
        "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "s", "س": "s", "ص": "s", "ج": "j", "ژ": "j", "چ": "č",
        "ح": "h", "ه": "h", "خ": "x", "د": "d", "ذ": "z", "ز": "z", "ض": "z", "ظ": "z", "ر": "r", "ش": "š",
        "غ": "q", "ق": "q", "ف": "f", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "w", "ی": "y",
        "ا": "a", "ع": "a",
    }
)  # fmt: skip
_DIGRAPHS = (
    ("kh", "x"),
    ("ch", "č"),
    ("c", "k"),
    ("v", "w"),
    ("sh", "š"),
    ("gh", "q"),
    ("zh", "j"),
    ("ts", "s"),
    ("dz", "z"),
)


def fold_digits(text: str) -> str:
    """Return ``text`` with Arabic and Persian digits as 0-9, everything else untouched."""
    return text.translate(_DIGITS)


def tidy(text: str) -> str:
    """Return at most `LONGEST` characters of ``text`` in one spelling of each letter, lower case, one blank.

    Compatibility forms and ligatures are resolved, accents and vowel marks dropped, half-spaces become
    blanks, other invisible characters vanish, and a letter typed three times or more stands once.
    """
    text = text[:LONGEST].replace("\u200c", " ")
    for _ in range(2):  # case folding can bring back what the decomposition had removed
        text = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
        text = text.translate(_VISIBLE)
    text = fold_digits(text).translate(_KEYBOARDS)
    text = _RUN.sub(r"\1", text[:LONGEST])
    return _BLANK.sub(" ", text).strip()


def written(text: str) -> str:
    """Return ``text`` as the encoder reads it: as it was written, in lower case, one form of each character.

    Accents and the letters of each language stay, since the encoder learnt its words with them; keyboards
    that write the same letter in another way are unified, controls and repetitions go.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST].replace("\u200c", " "))[:LONGEST].casefold()
    text = unicodedata.normalize("NFC", text)[:LONGEST].translate(_VISIBLE)
    text = _RUN.sub(r"\1", fold_digits(text).translate(_LETTERS))
    return _BLANK.sub(" ", text).strip()


def fold(text: str) -> str:
    """Return ``tidy(text)`` with the letters merged that writers of Dari and Pashto put for one another."""
    return _RUN.sub(r"\1", tidy(text).translate(_SWAPPED))


def words(folded: str) -> list[str]:
    """Return the words of a tidy or folded text; digits count as words, signs and emoji do not."""
    return _WORD.findall(folded)


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """Return the consonants of one folded word in Latin letters; an initial vowel stands as "a".

    The vowels go because Dari and Pashto do not write them and everybody spells them differently in Latin.
    """
    letters = word.translate(_TO_LATIN)
    if letters == word:
        for pair, one in _DIGRAPHS:
            letters = letters.replace(pair, one)
    if not letters:
        return ""
    first = "a" if letters[0] in "aeiou" else letters[0]
    rest = "".join(c for c in letters[1:] if c not in "aeiouwy")
    rest = rest.removesuffix("h")
    return "".join(c for i, c in enumerate(first + rest) if i == 0 or c != (first + rest)[i - 1])


class _Characters(dict[int, str | int]):
    """A table for `str.translate` that finds out about a character when it first meets it."""

    MOST = 20_000
    """Entries that are kept; all scripts of our languages together are a tenth of it."""

    def __missing__(self, code: int) -> str | int:
        """Return the character, a blank for a control, nothing for a mark or a format character."""
        kind = unicodedata.category(chr(code))
        if kind[0] == "M" or kind in {"Cf", "Cs", "Co", "Cn"}:
            found: str | int = ""
        else:
            found = " " if kind == "Cc" else code
        if len(self) < self.MOST:
            self[code] = found
        return found


_VISIBLE = _Characters()
