"""Numbers, days and waiting times as each language writes them."""

import re
from datetime import date

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import LOCALES, RIGHT_TO_LEFT
from locales.formats import AFGHAN_MONTHS, day, duration, number

WESTERN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
DAYS = st.dates(min_value=date(1920, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("gregorian", "locale", "shown"),
    [
        (date(2026, 11, 21), "en", "21 November 2026"),
        (date(2026, 11, 1), "fr", "1er novembre 2026"),
        (date(2026, 11, 11), "fr", "11 novembre 2026"),
        (date(2026, 11, 21), "fr", "21 novembre 2026"),
        (date(2026, 3, 21), "fa_AF", "۱ حمل ۱۴۰۵ (۲۱ مارچ ۲۰۲۶)"),
        (date(2025, 3, 20), "fa_AF", "۳۰ حوت ۱۴۰۳ (۲۰ مارچ ۲۰۲۵)"),  # the last day of a leap year
        (date(1990, 8, 3), "fa_AF", "۱۲ اسد ۱۳۶۹ (۳ اگست ۱۹۹۰)"),
        (date(2026, 11, 21), "ps", "۳۰ لړم ۱۴۰۵ (۲۱ نومبر ۲۰۲۶)"),
        (date(2021, 8, 15), "ps", "۲۴ زمری ۱۴۰۰ (۱۵ اګست ۲۰۲۱)"),
    ],
)
def test_known_days(gregorian: date, locale: str, shown: str) -> None:
    assert day(gregorian, locale) == shown


@given(DAYS)
def test_both_calendars_name_the_same_day(gregorian: date) -> None:
    for locale in RIGHT_TO_LEFT:
        shown = day(gregorian, locale).translate(WESTERN)
        found = re.fullmatch(r"(\d+) (\S+) (\d{4}) \((\d+) (\S+) (\d{4})\)", shown)
        assert found is not None, shown
        month = AFGHAN_MONTHS[locale].index(found[2]) + 1
        assert jdatetime.date(int(found[3]), month, int(found[1])).togregorian() == gregorian
        assert (int(found[4]), int(found[6])) == (gregorian.day, gregorian.year)


@given(DAYS)
def test_no_western_digit_stands_in_dari_or_pashto_and_no_eastern_one_elsewhere(gregorian: date) -> None:
    for locale in LOCALES:
        shown = day(gregorian, locale)
        assert bool(re.search("[0-9]", shown)) != (locale in RIGHT_TO_LEFT)
        assert bool(re.search("[۰-۹]", shown)) == (locale in RIGHT_TO_LEFT)


def test_the_months_are_afghan_and_twelve() -> None:
    for locale in RIGHT_TO_LEFT:
        assert len(set(AFGHAN_MONTHS[locale])) == 12
    assert "فروردین" not in AFGHAN_MONTHS["fa_AF"]


@pytest.mark.parametrize(
    ("value", "locale", "shown"),
    [
        (1234567, "en", "1,234,567"),
        (1234567, "fr", "1\u202f234\u202f567"),
        (1234567, "fa_AF", "۱٬۲۳۴٬۵۶۷"),
        (1234567, "ps", "۱٬۲۳۴٬۵۶۷"),
        (0, "fa_AF", "۰"),
        (0, "en", "0"),
    ],
)
def test_known_numbers(value: int, locale: str, shown: str) -> None:
    assert number(value, locale) == shown


@pytest.mark.parametrize(
    ("seconds", "english", "french", "dari", "pashto"),
    [
        (0, "1 minute", "1 minute", "۱ دقیقه", "۱ دقیقه"),
        (90, "2 minutes", "2 minutes", "۲ دقیقه", "۲ دقیقې"),
        (3600, "60 minutes", "60 minutes", "۶۰ دقیقه", "۶۰ دقیقې"),
        (4 * 3600, "4 hours", "4\xa0heures", "۴ ساعت", "۴ ساعته"),
        (36 * 3600, "36 hours", "36\xa0heures", "۳۶ ساعت", "۳۶ ساعته"),
        (72 * 3600, "3 days", "3\xa0jours", "۳ روز", "۳ ورځې"),
        (73 * 3600, "4 days", "4\xa0jours", "۴ روز", "۴ ورځې"),
        (10 * 86400, "10 days", "10\xa0jours", "۱۰ روز", "۱۰ ورځې"),
    ],
)
def test_known_waits(seconds: float, english: str, french: str, dari: str, pashto: str) -> None:
    shown = [duration(seconds, locale) for locale in ("en", "fr", "fa_AF", "ps")]
    assert shown == [english, french, dari, pashto]


SECONDS_OF = {"minute": 60, "minutes": 60, "hours": 3600, "days": 86400}


@given(st.floats(min_value=0, max_value=1e8))
def test_nobody_waits_longer_than_is_told(seconds: float) -> None:
    count, unit = duration(seconds, "en").split()
    told = int(count.replace(",", "")) * SECONDS_OF[unit]
    assert told >= seconds
    assert told - max(seconds, 1) < SECONDS_OF[unit]  # nor longer than to the next whole one
    for locale in LOCALES:
        assert re.fullmatch(r"[0-9۰-۹]+\s\S+", duration(seconds, locale)), duration(seconds, locale)
