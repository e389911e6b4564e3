"""Numbers, dates and waiting times as each language writes them."""

import math
from datetime import date, timedelta
from typing import Literal

import jdatetime
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

from locales import RIGHT_TO_LEFT

EASTERN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

# The Solar Hijri months as Afghanistan names them, from Hamal (which begins on 20 or 21 March) to Hut.
AFGHAN_MONTHS = {
    "fa_AF": ["حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"],
    "ps": ["وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"],
}

_UNITS: list[tuple[Literal["day", "hour", "minute"], int]] = [
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
]


def number(value: int, locale: str) -> str:
    """A number in the locale's own digits and grouping."""
    return _digits(format_decimal(value, locale=locale, numbering_system="default"), locale)


def day(value: date, locale: str) -> str:
    """A date; in Dari and Pashto the Solar Hijri one, then the Gregorian one."""
    gregorian = format_date(value, "d MMMM y", locale=locale)
    if locale == "fr" and value.day == 1:
        gregorian = gregorian.replace("1", "1er", 1)
    if locale not in RIGHT_TO_LEFT:
        return gregorian
    solar = jdatetime.date.fromgregorian(date=value)
    return _digits(f"{solar.day} {AFGHAN_MONTHS[locale][solar.month - 1]} {solar.year} ({gregorian})", locale)


def duration(seconds: float, locale: str) -> str:
    """A waiting time in minutes, hours or days, rounded up: who is told "3 days" waits no longer."""
    unit, length = next((row for row in _UNITS if seconds >= 2 * row[1]), _UNITS[-1])
    rounded = timedelta(seconds=max(1, math.ceil(seconds / length)) * length)
    text = format_timedelta(rounded, granularity=unit, threshold=math.inf, locale=locale)
    if locale == "ps":
        # CLDR has no Pashto word for hours yet, and an Arabic letter in the one for months.
        text = text.replace(" h", " ساعته").replace("مياشت", "میاشت")
    return _digits(text, locale)


def _digits(text: str, locale: str) -> str:
    # Babel takes grouping and names from the locale, but leaves the digits European.
    return text.translate(EASTERN_DIGITS) if locale in RIGHT_TO_LEFT else text
