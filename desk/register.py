"""The register of cases as it arrives: a CSV file, read whole, refused whole if a row is wrong."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from desk.cases import news_of_case
from desk.proof import case_number, year_month_day
from storage import cases, people
from storage.transaction import Transaction

COLUMNS = ("number", "birth_date", "family_name", "stage", "since", "office", "stream")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its line in the file and why. It never quotes the person's data."""

    line: int
    reason: str


def read_rows(
    lines: Iterable[str], *, stages: Sequence[str], as_of: date
) -> tuple[list[dict[str, Any]], list[BadRow]]:
    """Good rows as fields of a case, and the bad ones. Digits may be of any of the three sets."""
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        return [], [BadRow(1, f"the heading lacks: {', '.join(missing)}")]
    good: list[dict[str, Any]] = []
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    while True:
        try:
            row = next(reader)
            fields = _fields(row, stages, as_of)
        except StopIteration:
            return good, bad
        except csv.Error:
            # The reader cannot go on: what follows has no lines any more.
            return good, [*bad, BadRow(reader.line_num + 1, "not a row of a CSV file; is a quote left open?")]
        except ValueError as error:
            bad.append(BadRow(reader.line_num, str(error)))
            continue
        line = reader.line_num
        if fields["number"] in seen:
            bad.append(BadRow(line, f"the same number stands in line {seen[fields['number']]}"))
            continue
        seen[fields["number"]] = line
        good.append(fields)


def _fields(row: dict[str, str | None], stages: Sequence[str], as_of: date) -> dict[str, Any]:
    values = {column: (row[column] or "").strip() for column in COLUMNS}
    empty = [column for column in COLUMNS if not values[column]]
    if empty:
        raise ValueError(f"empty: {', '.join(empty)}")
    if row.get(None):  # type: ignore[call-overload]
        raise ValueError("more values than columns")
    number = case_number(values["number"])
    if number is None:
        raise ValueError("number: one letter and nine digits are expected")
    if values["stage"] not in stages:
        raise ValueError(f"stage: not one of {', '.join(stages)}")
    for column in ("office", "stream"):
        if len(values[column]) > 80:
            raise ValueError(f"{column}: longer than 80 characters")
    since = _day(values["since"], "since")
    if since > as_of:
        raise ValueError("since: later than the day of the register")
    birth_date = _day(values["birth_date"], "birth_date")
    return {**values, "number": number, "birth_date": birth_date, "since": since, "as_of": as_of}


def _day(text: str, column: str) -> date:
    day = year_month_day(text)
    if day is None:
        raise ValueError(f"{column}: year-month-day is expected")
    return day


async def store(tx: Transaction, sealed: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Write the whole register in one unit of work and tell whose case moved; how many are new, and told."""
    await cases.hold_register(tx)  # whoever is told of a move is told once
    watched = await cases.watched_stages(tx)
    new = await cases.put(tx, sealed)
    moved = [
        person_id
        for row in sealed
        if row["number_hash"] in watched and watched[row["number_hash"]][0] != row["stage"]
        for person_id in watched[row["number_hash"]][1]
    ]
    told = await people.by_ids(tx, moved)
    for person in told.values():
        tx.post(news_of_case(person))
    tx.audit("cases.imported")
    return new, len(told)
