"""The register's file: read whole or not at all, and no complaint quotes anybody's data."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.register import COLUMNS, BadRow, read_rows

STAGES = ["completeness", "security", "interview"]
DAY = date(2026, 11, 1)
HEADING = ",".join(COLUMNS)
ZAHRA = "G000012345,1990-08-03,Rahimi,security,2026-03-17,Islamabad,Private sponsorship"
GULALAI = "G000067890,۱۳۷۰-۱۱-۲۵,Stanekzai,interview,2026-09-02,Islamabad,Government-assisted"


def read(*lines: str) -> tuple[list[dict[str, Any]], list[BadRow]]:
    return read_rows(io.StringIO("\n".join(lines) + "\n"), stages=STAGES, as_of=DAY)


def test_a_good_file_is_read_in_three_digit_sets_and_both_calendars() -> None:
    good, bad = read(HEADING, ZAHRA, GULALAI, ZAHRA.replace("G000012345", "g٠٠٠٠١١١١١"))
    assert bad == []
    assert [row["number"] for row in good] == ["G000012345", "G000067890", "G000011111"]
    assert good[1] == {
        "number": "G000067890",
        "birth_date": date(1992, 2, 14),
        "family_name": "Stanekzai",
        "stage": "interview",
        "since": date(2026, 9, 2),
        "office": "Islamabad",
        "stream": "Government-assisted",
        "as_of": DAY,
    }


def test_columns_may_stand_in_any_order_and_others_beside_them() -> None:
    columns = ["remark", *reversed(COLUMNS)]
    values = dict(zip(COLUMNS, ZAHRA.split(","), strict=True)) | {"remark": "x"}
    good, bad = read(",".join(columns), ",".join(values[column] for column in columns))
    assert bad == []
    assert good[0]["family_name"] == "Rahimi"
    assert "remark" not in good[0]


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        ("", "number, birth_date, family_name, stage, since, office, stream"),
        ("number,birth_date,family_name,stage,since,office", "stream"),
        (HEADING.upper(), "number, birth_date, family_name, stage, since, office, stream"),
        (HEADING.replace(",", ";"), "number, birth_date, family_name, stage, since, office, stream"),
        (HEADING.replace("birth_date", "birthdate"), "birth_date"),
    ],
)
def test_a_wrong_heading_is_named_once_and_no_row_is_read(heading: str, missing: str) -> None:
    assert read(heading, ZAHRA) == ([], [BadRow(1, f"the heading lacks: {missing}")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ZAHRA.replace("G000012345", "G00001234"), "number: one letter and nine digits are expected"),
        (ZAHRA.replace("G000012345", ""), "empty: number"),
        (ZAHRA.replace("Rahimi", " ").replace("Islamabad", ""), "empty: family_name, office"),
        (ZAHRA.replace("1990-08-03", "1990-02-30"), "birth_date: year-month-day is expected"),
        (ZAHRA.replace("1990-08-03", "03-08-1990"), "birth_date: year-month-day is expected"),
        (ZAHRA.replace("1990-08-03", "1370-12-31"), "birth_date: year-month-day is expected"),
        (ZAHRA.replace("2026-03-17", "soon"), "since: year-month-day is expected"),
        (ZAHRA.replace("2026-03-17", "2026-11-02"), "since: later than the day of the register"),
        (ZAHRA.replace("security", "waiting"), "stage: not one of completeness, security, interview"),
        (ZAHRA.replace("Islamabad", "I" * 81), "office: longer than 80 characters"),
        (ZAHRA + ",surplus", "more values than columns"),
        ("G000012345,1990-08-03", "empty: family_name, stage, since, office, stream"),
    ],
)
def test_each_wrong_row_is_named_by_its_line_and_the_reason(row: str, reason: str) -> None:
    good, bad = read(HEADING, GULALAI, row)
    assert bad == [BadRow(3, reason)]
    assert len(good) == 1


def test_a_number_that_stands_twice_is_named_with_the_first_line() -> None:
    _, bad = read(HEADING, ZAHRA, GULALAI, ZAHRA.replace("G000012345", "g-000-012-345"))
    assert bad == [BadRow(4, "the same number stands in line 2")]


def test_lines_are_those_of_the_file_even_after_empty_ones_and_breaks_in_quotes() -> None:
    _, bad = read(HEADING, "", ZAHRA.replace("Islamabad", '"Islam\nabad"'), "", "wrong")
    assert [row.line for row in bad] == [6]


def test_a_quote_left_open_in_a_long_file_is_a_bad_row_and_no_crash() -> None:
    rows = [GULALAI.replace("G000067890", f"G{number:09}") for number in range(2000)]
    good, bad = read(HEADING, ZAHRA, ZAHRA.replace("Rahimi", '"Rahimi'), *rows)
    assert len(good) == 1
    assert len(bad) == 1
    assert "quote" in bad[0].reason


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_both_line_endings_are_read(ending: str) -> None:
    file = io.StringIO(ending.join([HEADING, ZAHRA, GULALAI, ""]), newline="")
    good, bad = read_rows(file, stages=STAGES, as_of=DAY)
    assert (len(good), bad) == (2, [])


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20)


@given(st.lists(st.lists(CELL, max_size=9), max_size=6))
def test_no_file_whatever_raises_and_no_reason_quotes_what_stood_there(table: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(table)
    marked = ["canary-1990", "canary-name", "canary-number", "canary", "canary-since", "x" * 99, "canary"]
    writer.writerow(marked)
    text.seek(0)
    good, bad = read_rows(io.StringIO(HEADING + "\n" + text.getvalue()), stages=STAGES, as_of=DAY)
    assert good == []
    assert bad
    for row in bad:
        assert "canary" not in row.reason
        assert row.reason.isascii()
        assert row.line >= 2
