"""Reading what an applicant types to prove a case: number, birth date, letters of the family name. Pure."""

import re
import unicodedata
from datetime import date

import jdatetime

from engine.fold import fold, fold_digits

NUMBER = re.compile(r"([A-Za-z])([0-9]{9})")
LETTERS = 3  # of the family name that are asked for
SOLAR_YEARS = range(1280, 1500)
GREGORIAN_YEARS = range(1900, 2100)


def case_number(text: str) -> str | None:
    """The case number in a text ("g-000 012 345" is "G000012345"), or None."""
    found = NUMBER.fullmatch(re.sub(r"[\s\-_.\u200b-\u200f\u2066-\u2069]+", "", fold_digits(text)))
    return f"{found[1].upper()}{found[2]}" if found else None


def birth_dates(text: str) -> frozenset[date]:
    """The days that a typed birth date can mean; empty where it is none.

    The year may stand first or last and be Gregorian or Solar Hijri. Where day and month could be
    swapped both are meant: a wrong guess here would lock out the right person.
    """
    numbers = re.findall(r"\d+", fold_digits(text))
    if len(numbers) != 3 or max(map(len, numbers)) > 4 or re.search(r"[^\W\d_]{3}", text):
        return frozenset()
    parts = [int(number) for number in numbers]
    if parts[0] < 100 and parts[2] >= 100:
        parts.reverse()
    year, second, third = parts
    found = {_day(year, second, third), _day(year, third, second)}
    return frozenset(day for day in found if day is not None)


def year_month_day(text: str) -> date | None:
    """The day of a text that names year, month and day in this order, in either calendar, or None."""
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", fold_digits(text.strip()))
    return _day(*map(int, parts.groups())) if parts else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if year in SOLAR_YEARS:
            return jdatetime.date(year, month, day).togregorian()  # type: ignore[no-any-return]
        if year in GREGORIAN_YEARS:
            return date(year, month, day)
    except ValueError:
        pass
    return None


def letters(name: str) -> str:
    """The letters of a name for comparing: one spelling, no accents, blanks or marks."""
    plain = unicodedata.normalize("NFKD", fold(name))
    return "".join(character for character in plain if character.isalpha())


def begins(family_name: str, typed: str) -> bool:
    """Whether the typed letters begin the family name: three of them, or the whole of a shorter name."""
    name, start = letters(family_name), letters(typed)
    return len(start) >= min(LETTERS, len(name)) and bool(start) and name.startswith(start)
