"""The keyboards of the feedback and of the examples; see handlers/keyboards.py."""

from collections.abc import Callable

from handlers.buttons import FEEDBACK, Button, Rows, Values, plain
from locales import NAMES
from locales.catalogue import N_
from locales.words import GROUPS

SUBJECTS = {**GROUPS, "other": N_("Other topics")}


def _staff_feedback(values: Values) -> Rows:
    locales = [item["locale"] for item in values["languages"]]
    if len(locales) > 1:
        return [[plain(NAMES[locale], f"fl:{locale}")] for locale in locales]
    rows = [
        [Button(N_("Topics that fail"), f"ft:{locales[0]}")],
        [Button(N_("Unanswered questions"), f"fq:{locales[0]}:0")],
    ]
    return [*rows, [Button(N_("Back"), "ff")]] if values["back"] else rows


def _back(locale: str) -> Rows:
    return [[Button(N_("Back"), f"fl:{locale}")]]


def _staff_feedback_topics(values: Values) -> Rows:
    return _back(values["languages"][0]["locale"])


def _staff_questions(values: Values) -> Rows:
    locale = values["locale"]
    if values["group"] is None:
        return _back(locale)
    rows = [[Button(N_("Make an example"), f"fm:{values['group']}")]]
    if values["number"] + 1 < values["groups"]:
        rows.append([Button(N_("Next group"), f"fq:{locale}:{values['number'] + 1}")])
    return [*rows, *_back(locale)]


def _topics(values: Values) -> Rows:
    return [[plain(item["title"], f"fe:{values['group']}:{item['topic']}")] for item in values["topics"]]


def _staff_example_topic(values: Values) -> Rows:
    group = values["group"]
    subjects = [[Button(SUBJECTS[subject], f"fs:{group}:{subject}")] for subject in values["subjects"]]
    return [*_topics(values), *subjects, *_back(values["locale"])]


def _staff_example_subject(values: Values) -> Rows:
    return [*_topics(values), [Button(N_("Back"), f"fm:{values['group']}")]]


def _staff_example_kept(values: Values) -> Rows:
    return [
        [Button(N_("Unanswered questions"), f"fq:{values['locale']}:0")],
        [Button(N_("Do not keep it"), f"fx:{values['example']}")],
    ]


def _to_feedback(_: Values) -> Rows:
    return [[FEEDBACK]]


FEEDBACKS: dict[str, Callable[[Values], Rows]] = {
    "staff_feedback": _staff_feedback,
    "staff_feedback_topics": _staff_feedback_topics,
    "staff_questions": _staff_questions,
    "staff_question_gone": _to_feedback,
    "staff_example_topic": _staff_example_topic,
    "staff_example_subject": _staff_example_subject,
    "staff_example_kept": _staff_example_kept,
    "staff_example_removed": _to_feedback,
}
"""By template."""
