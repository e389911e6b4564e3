"""What applicants type to prove a case: three digit sets, two calendars, and anything at all."""

from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cases import proves
from desk.proof import begins, birth_dates, case_number, letters, year_month_day
from storage.records import Case

AUGUST = date(1990, 8, 3)  # 12 Asad 1369
DIGITS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")


def in_digits(text: str, digits: str) -> str:
    return text.translate(str.maketrans(DIGITS[0], digits))


def solar(day: date) -> str:
    found = jdatetime.date.fromgregorian(date=day)
    return f"{found.year}-{found.month:02}-{found.day:02}"


# --- the number


@pytest.mark.parametrize(
    "typed",
    [
        "G000012345",
        "g000012345",
        " G 000 012 345 ",
        "G-000-012-345",
        "G000012345.",
        "G۰۰۰۰۱۲۳۴۵",
        "G٠٠٠٠١٢٣٤٥",
        "\u2066G000012345\u2069",
        "G\u200c000012345",
        "G000\n012345",
    ],
)
def test_a_case_number_however_it_is_typed(typed: str) -> None:
    assert case_number(typed) == "G000012345"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "000012345",
        "G00001234",
        "G0000123456",
        "GG00012345",
        "گ۰۰۰۰۱۲۳۴۵",
        "my case is G000012345",
        "G00001234O",
    ],
)
def test_what_is_no_case_number(typed: str) -> None:
    assert case_number(typed) is None


@given(st.sampled_from("ABGXabgx"), st.text("0123456789", min_size=9, max_size=9), st.sampled_from(DIGITS))
def test_every_case_number_is_read_in_every_digit_set(letter: str, number: str, digits: str) -> None:
    assert case_number(letter + in_digits(number, digits)) == letter.upper() + number


# --- the birth date


@pytest.mark.parametrize(
    "typed",
    [
        "1990-08-03",
        "1990/8/3",
        "1990 8 3",
        "1990.08.03",
        "3-8-1990",
        "03/08/1990",
        "۱۹۹۰-۰۸-۰۳",
        "1369-05-12",
        "۱۳۶۹/۵/۱۲",
        "١٣٦٩-٠٥-١٢",
        "12-5-1369",
        "۱۲/۰۵/۱۳۶۹",
        "1369 05 12 ه",
    ],
)
def test_one_birthday_however_it_is_typed(typed: str) -> None:
    assert AUGUST in birth_dates(typed)


def test_where_day_and_month_could_be_swapped_both_are_meant_and_nothing_else() -> None:
    assert birth_dates("1990-08-03") == {AUGUST, date(1990, 3, 8)}
    assert birth_dates("1990-08-13") == {date(1990, 8, 13)}
    assert birth_dates("1990-08-08") == {date(1990, 8, 8)}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1990",
        "1990-08",
        "1990-13-13",
        "1990-02-30",
        "1369-12-31",
        "90-08-03",
        "1990-08-03-01",
        "3 August 1990",
        "1700-01-01",
        "2900-01-01",
        "1990 99999999999999999999 3",
        "1369 99999999999999999999 3",
        "0-0-0",
        "1990-0-3",
        "²-³-1990",
        "1" * 4096,
        "/cancel",
    ],
)
def test_what_is_no_birthday(typed: str) -> None:
    assert birth_dates(typed) == frozenset()


BIRTHDAYS = st.dates(min_value=date(1905, 1, 1), max_value=date(2026, 11, 21))


@given(BIRTHDAYS, st.sampled_from(DIGITS), st.sampled_from("-/. "), st.booleans(), st.booleans())
def test_every_birthday_is_read_in_both_calendars_and_both_orders(
    day: date, digits: str, mark: str, hijri: bool, year_last: bool
) -> None:
    parts = (solar(day) if hijri else day.isoformat()).split("-")
    typed = in_digits(mark.join(parts[::-1] if year_last else parts), digits)
    found = birth_dates(typed)
    assert day in found
    assert len(found) <= 2  # a guess of more days would be a weaker proof


@given(st.text(max_size=60))
def test_no_text_whatever_raises(text: str) -> None:
    case_number(text)
    year_month_day(text)
    begins(text, text)
    assert len(birth_dates(text)) <= 2


NUMBERISH = st.text(alphabet="0123456789۰۱۹٠٩-/. \u200e²Ⅳa", max_size=40)


@given(
    NUMBERISH | st.tuples(st.integers(), st.integers(), st.integers()).map(lambda t: "-".join(map(str, t)))
)
def test_no_number_whatever_raises(text: str) -> None:
    assert len(birth_dates(text)) <= 2
    day = year_month_day(text)
    assert day is None or day.year > 1899


@given(BIRTHDAYS, st.sampled_from(DIGITS), st.booleans())
def test_the_register_names_year_month_and_day_in_this_order_alone(
    day: date, digits: str, hijri: bool
) -> None:
    text = solar(day) if hijri else day.isoformat()
    assert year_month_day(in_digits(text, digits)) == day
    year, month, last = text.split("-")
    assert year_month_day(f"{last}-{month}-{year}") is None


# --- the family name


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Rahimi", "RAH"),
        ("Rahimi", "rahimi"),
        ("Rahimi", " R a h "),
        ("Rahimi", "R.A.H."),
        ("Étienne", "eti"),
        ("O'Brien", "obr"),
        ("رحیمی", "رحي"),
        ("Wu", "WU"),
        ("Wu", "wu"),
        ("Al-Haidari", "alh"),
    ],
)
def test_the_first_letters_begin_the_name(name: str, typed: str) -> None:
    assert begins(name, typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Rahimi", "RA"),
        ("Rahimi", "AHI"),
        ("Rahimi", "RAHX"),
        ("Rahimi", ""),
        ("Rahimi", "123"),
        ("Rahimi", "%%%"),
        ("Rahimi", "Rahimizada"),
        ("Wu", "W"),
        ("Wu", "Wuu"),
        ("", "abc"),
        ("-", "-"),
    ],
)
def test_other_letters_do_not(name: str, typed: str) -> None:
    assert not begins(name, typed)


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_name_is_begun_by_letters_of_its_own_and_by_enough_of_them(name: str, typed: str) -> None:
    if begins(name, typed):
        assert letters(name).startswith(letters(typed))
        assert len(letters(typed)) >= min(3, len(letters(name))) > 0


# --- both together

ZAHRAS = Case(
    id=1,
    number="G000012345",
    birth_date=AUGUST,
    family_name="Rahimi",
    stage="security",
    since=date(2026, 3, 17),
    office="Islamabad",
    stream="Private sponsorship",
    as_of=date(2026, 11, 1),
)


@pytest.mark.parametrize(
    ("birth", "name", "proven"),
    [
        ("1990-08-03", "RAH", True),
        ("1369-05-12", "Rahimi", True),
        ("1990-03-08", "RAH", True),  # the same digits with day and month swapped
        ("1990-08-04", "RAH", False),
        ("1990-08-03", "HAI", False),
        ("1991-08-03", "HAI", False),
        ("", "RAH", False),
    ],
)
def test_the_proof_needs_the_birthday_and_the_name(birth: str, name: str, proven: bool) -> None:
    assert proves(ZAHRAS, birth_dates(birth), name) is proven


@given(BIRTHDAYS.filter(lambda day: day != AUGUST))
def test_another_birthday_proves_nothing(day: date) -> None:
    assert not proves(ZAHRAS, {day, day + timedelta(days=400)} - {AUGUST}, "Rahimi")
